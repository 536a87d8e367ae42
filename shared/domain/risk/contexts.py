"""Who is asking: the world weighs differently on each (destination, end use), of which there are few. Scope is matched
once per context, not once per customer."""

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from shared.catalog import countries
from shared.contracts.base import EndUse
from shared.domain.risk.columns import Floats
from shared.domain.risk.leadtime import END_USE_CLASS

EVERYONE = "*"


class Contexts:
    def __init__(self, pairs: Iterable[tuple[str, EndUse]] = ()) -> None:
        self.pairs: list[tuple[str, EndUse]] = []
        self._codes: dict[tuple[str, EndUse], int] = {}
        self.end_use_class: NDArray[np.intp] = np.zeros(0, np.intp)
        for destination, end_use in pairs:
            self.code(destination, end_use)

    def __len__(self) -> int:
        return len(self.pairs)

    def code(self, destination: str, end_use: EndUse) -> int:
        pair = (destination, end_use)
        found = self._codes.get(pair)
        if found is None:
            found = self._codes[pair] = len(self.pairs)
            self.pairs.append(pair)
            self.end_use_class = np.array([END_USE_CLASS[use] for _, use in self.pairs], np.intp)
        return found

    def measure_weights(self, targets: Collection[str], end_uses: Collection[EndUse]) -> Floats:
        """How far a measure with this scope concerns each context, 0-1."""
        reach = _reach(targets)
        return np.array(
            [
                (reach is None or destination in reach) * _end_use_weight(use, end_uses)
                for destination, use in self.pairs
            ]
        )

    def signal_weights(self, targets: Collection[str], elsewhere: float) -> Floats:
        reach = _reach(targets)
        return np.array([1.0 if reach is None or destination in reach else elsewhere for destination, _ in self.pairs])


def _reach(targets: Collection[str]) -> frozenset[str] | None:
    """None: everyone. `EU` reaches its members, and a customer that states EU as its destination."""
    if not targets or EVERYONE in targets:
        return None
    return frozenset(targets).union(*(countries.members(target) for target in targets))


def _end_use_weight(end_use: EndUse, scope: Collection[EndUse]) -> float:
    """A gate that stops civil goods does not let military ones through. Dual use may fall under a military rule; of a
    customer whose end use is unknown it is less likely, too little to tell him."""
    if not scope or end_use == "defence" or end_use in scope:
        return 1.0
    if "defence" in scope or "dual_use" in scope:
        return {"dual_use": 0.5, "unknown": 0.25}.get(end_use, 0.0)
    return 0.0

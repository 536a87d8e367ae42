"""Which cases are counted together. Behind each sum that is shown, and behind each difference of two, are five
customers at least, or none: of a few, not even that they are there can be seen."""

from collections.abc import Mapping, Set
from typing import NamedTuple

from shared.contracts.base import EndUse
from shared.contracts.licences import Stratum
from shared.domain.licences.policy import FEWEST_CUSTOMERS


class Key(NamedTuple):
    origin: str
    material: str | None
    destination: str | None
    end_use: EndUse

    @classmethod
    def of(cls, stratum: Stratum) -> "Key":
        return cls(stratum.origin, stratum.material, stratum.destination, stratum.end_use)


def chain(origin: str, material: str, destination: str, end_use: EndUse) -> tuple[Key, Key, Key]:
    """A stratum, its parent (every destination), and that one's (every material of the issuer)."""
    return (
        Key(origin, material, destination, end_use),
        Key(origin, material, None, end_use),
        Key(origin, None, None, end_use),
    )


def parent_of(key: Key) -> Key | None:
    if key.destination is not None:
        return key._replace(destination=None)
    return key._replace(material=None) if key.material is not None else None


def counted(own: Mapping[Key, Set[str]]) -> dict[Key, set[Key]]:
    """Shown stratum → those of `own` that it counts. `own`: the customers of each stratum that has a material and a
    destination. A wider one counts what its parts do, and the rest where that has enough customers of its own."""
    shown: dict[Key, set[Key]] = {}
    below: dict[Key, set[Key]] = {}
    level = {key: {key} for key in own}
    while level:
        for key, parts in level.items():
            rest = parts - below.get(key, set())
            customers = set().union(*(own[part] for part in rest))
            counts = parts if len(customers) >= FEWEST_CUSTOMERS else parts - rest
            if counts:
                shown[key] = counts
        level, below = _widened(level), _widened({key: shown.get(key, set()) for key in level})
    return shown


def _widened(level: Mapping[Key, Set[Key]]) -> dict[Key, set[Key]]:
    wider: dict[Key, set[Key]] = {}
    for key, parts in level.items():
        above = parent_of(key)
        if above is not None:
            wider.setdefault(above, set()).update(parts)
    return wider

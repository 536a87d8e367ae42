"""How long supply may keep one waiting: S(t), the chance that it has not come after t days, by regime.

Of licences the licence book knows it, of the rest this is assumed: log-logistic (shape 2) around the 330 days for which
China barred gallium, germanium and antimony to the United States (December 2024 to November 2025) under a ban, around
30 days else. What is never let through is the floor of a curve. No regime waits less than the one before it: what is
assumed of the others gives way to what is known of licences."""

from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shared.contracts.base import EndUse
from shared.domain.licences.curve import Curve, quantile
from shared.domain.licences.lead_times import LeadTimes
from shared.domain.licences.policy import HORIZON
from shared.domain.risk.columns import Floats, grown, room_for
from shared.domain.risk.policy import TRANSIT_DAYS, Regime

__all__ = ["HORIZON", "Waits"]

END_USE_CLASS: Mapping[EndUse, int] = MappingProxyType({"civil": 0, "unknown": 0, "dual_use": 1, "defence": 2})
END_USE_CLASSES = 3
REGIMES = len(Regime)
_REGIMES = tuple(map(Regime, range(REGIMES)))
"""An enum's member is found here in a third of the time."""

_MEDIAN = {Regime.FREE: 30, Regime.SLOWED: 30, Regime.BARRED: 330}
_SLOWER = (1.0, 1.25, 2.0)
"""Factor on the median, by end use."""
_NEVER = {Regime.FREE: (0.0, 0.0, 0.0), Regime.SLOWED: (0.0, 0.0, 0.1), Regime.BARRED: (0.1, 0.2, 0.5)}
_LATE = 0.05
"""Supply that nothing stands in the way of flows: one order in twenty is late."""


def regime_of(curve: int) -> Regime:
    return _REGIMES[curve % REGIMES]


def _assumed(regime: Regime, end_use: int) -> Floats:
    days = np.arange(HORIZON + 1, dtype=np.float64)
    ratio = days / (_MEDIAN[regime] * _SLOWER[end_use])
    never = _NEVER[regime][end_use]
    waiting = never + (1 - never) / (1 + ratio * ratio)
    return np.round(_LATE * waiting if regime is Regime.FREE else waiting, 6)


_FREE, _SLOWED, _BARRED = (
    tuple(_assumed(regime, use) for use in range(END_USE_CLASSES))
    for regime in (Regime.FREE, Regime.SLOWED, Regime.BARRED)
)


class Waits:
    """Curves in blocks of one for each regime: `curves[REGIMES * block + regime]`. The first blocks are those of an end
    use where no licence is asked for. Blocks are made as they are asked for: their numbers mean nothing outside."""

    SHOWN: ClassVar = ("regime", "p50", "p90", "cases")

    def __init__(self, lead_times: LeadTimes | None = None) -> None:
        self.lead_times = lead_times or LeadTimes()
        self.curves: Floats = np.zeros((0, HORIZON + 1))
        self.p50: Floats = np.zeros(0)
        self.p90: Floats = np.zeros(0)
        self.cases: Floats = np.zeros(0)
        """Of licences; 0 where a curve is assumed."""
        self._blocks: dict[Hashable, int] = {}
        for use in range(END_USE_CLASSES):
            self._add(use, use, _SLOWED[use], 0)

    def block(self, origin: str, material: str, destination: str, end_use: EndUse) -> int:
        name = self.lead_times.rests_on(origin, material, destination, end_use)
        block = self._blocks.get(name)
        if block is None:
            found = self.lead_times.resolve(origin, material, destination, end_use)
            licence = np.round(found.curve.waiting, 6)
            block = self._add(name, END_USE_CLASS[end_use], licence, found.stratum.cases if found.stratum else 0)
        return block

    def shown(self, curve: int) -> tuple[float, ...]:
        """What a record shows of it."""
        return curve % REGIMES, self.p50.item(curve), self.p90.item(curve), self.cases.item(curve)

    def all_shown(self, curves: NDArray[np.intp]) -> tuple[Floats, ...]:
        regimes = (curves % REGIMES).astype(np.float64)
        return regimes, self.p50[curves], self.p90[curves], self.cases[curves]

    def same(self, curve: int, others: "Waits", other: int) -> bool:
        """Whether a record would notice."""
        same_cases = self.cases.item(curve) == others.cases.item(other)
        return same_cases and np.array_equal(self.curves[curve], others.curves[other])

    def decision_p90(self, origin: str, material: str, destination: str, end_use: EndUse) -> int:
        """Days after which nine in ten licence cases have their decision, or 1,095."""
        curve: Curve = self.lead_times.resolve(origin, material, destination, end_use).curve
        found = quantile(curve.undecided, 0.1)
        return HORIZON if found is None else found

    def _add(self, name: Hashable, end_use: int, licence: Floats, cases: int) -> int:
        block = self._blocks[name] = len(self._blocks)
        if len(self.curves) <= block * REGIMES:
            room = room_for(block + 1) * REGIMES
            self.curves, self.p50, self.p90, self.cases = (
                grown(column, room) for column in (self.curves, self.p50, self.p90, self.cases)
            )
        free = _FREE[end_use]
        licensed = np.maximum(licence, free)
        barred = np.maximum(_BARRED[end_use], licensed)
        slowed = np.maximum(np.minimum(_SLOWED[end_use], licensed), free)
        for at, curve in enumerate((free, slowed, licensed, barred), block * REGIMES):
            self.curves[at], self.p50[at], self.p90[at] = curve, _days(curve, 0.5), _days(curve, 0.1)
        self.cases[block * REGIMES + Regime.LICENSED] = cases
        return block


def _days(curve: Floats, waiting: float) -> float:
    """Until the chance of still waiting is down to `waiting`, transit included."""
    found = quantile(curve, waiting)
    return float(HORIZON if found is None else found) + TRANSIT_DAYS

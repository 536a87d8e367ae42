"""How long supply may keep one waiting: S(t), the chance that it has not come after t days, by regime and end use.

A prior, until the licence book knows better: log-logistic (shape 2) around the statutory 45 working days, about 63
calendar days, of a licence; around the 330 days for which China barred gallium, germanium and antimony to the United
States (December 2024 to November 2025) of a ban. What is never let through is the floor of a curve: denial is the rule
for defence end use (notices 46 of 2024 and 61 of 2025)."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from shared.contracts.base import EndUse
from shared.domain.risk.columns import Floats
from shared.domain.risk.policy import TRANSIT_DAYS, Regime

HORIZON = 1_095
"""Days; a quantile that lies beyond is shown as this."""
END_USE_CLASS: Mapping[EndUse, int] = MappingProxyType({"civil": 0, "unknown": 0, "dual_use": 1, "defence": 2})
END_USE_CLASSES = 3

_MEDIAN = {Regime.FREE: 30, Regime.SLOWED: 30, Regime.LICENSED: 63, Regime.BARRED: 330}
_SLOWER = (1.0, 1.25, 2.0)
"""Factor on the median, by end use."""
_NEVER = {Regime.SLOWED: (0.0, 0.0, 0.1), Regime.LICENSED: (0.0, 0.05, 0.35), Regime.BARRED: (0.1, 0.2, 0.5)}
_LATE = 0.05
"""Supply that nothing stands in the way of flows: one order in twenty is late."""


def curve_of(regime: int, end_use_class: int) -> int:
    return regime * END_USE_CLASSES + end_use_class


def _survival(regime: Regime, end_use: int) -> Floats:
    days = np.arange(HORIZON + 1, dtype=np.float64)
    ratio = days / (_MEDIAN[regime] * _SLOWER[end_use])
    waiting = 1 / (1 + ratio * ratio)
    if regime is Regime.FREE:
        return np.round(_LATE * waiting, 6)
    never = _NEVER[regime][end_use]
    return np.round(never + (1 - never) * waiting, 6)


CURVES: Floats = np.stack([_survival(regime, end_use) for regime in Regime for end_use in range(END_USE_CLASSES)])


def _quantile(waiting: float) -> Floats:
    """Days until the chance of still waiting is down to `waiting`, transit included."""
    reached = (waiting + 1e-9) >= CURVES
    return np.where(reached.any(axis=1), reached.argmax(axis=1), HORIZON).astype(np.float64) + TRANSIT_DAYS


P50: Floats = _quantile(0.5)
P90: Floats = _quantile(0.1)


def decision_p90(end_use: EndUse) -> int:
    """Days after which nine in ten licence cases have their decision, or 1,095."""
    return int(P90[curve_of(Regime.LICENSED, END_USE_CLASS[end_use])]) - TRANSIT_DAYS

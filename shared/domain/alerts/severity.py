"""How grave: the highest that applies of what happened, of the band, and of the chance to run out soon."""

from shared.contracts.base import Severity
from shared.contracts.measures import MeasureState
from shared.domain.risk.bands import ELEVATED, HIGH, SEVERE

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "high", "critical")
INFO, WARNING, GRAVE, CRITICAL = range(4)
REMINDED_FROM = GRAVE
RUNS_OUT = 0.5
"""Chance to run out within 30 days above which an exposure is critical."""
_LADDER_GRAVE_FROM = 7

_OF_STATE: dict[MeasureState, int] = {
    "announced": WARNING,
    "in_force": GRAVE,
    "suspended": INFO,
    "lapsed": INFO,
    "lifted": INFO,
}
_OF_DECISION: dict[str, int] = {
    "granted": INFO,
    "withdrawn": INFO,
    "returned": WARNING,
    "expired": WARNING,
    "denied": GRAVE,
}
DECISIONS = frozenset(_OF_DECISION)


def of_state(state: MeasureState) -> int:
    return _OF_STATE[state]


def of_step(days: int) -> int:
    """A step of the expiry ladder."""
    return GRAVE if days <= _LADDER_GRAVE_FROM else WARNING


def of_decision(decision: str) -> int:
    """On a licence case."""
    return _OF_DECISION[decision]


def of_exposure(band: int, runs_out_30: float) -> int:
    if band >= SEVERE or runs_out_30 > RUNS_OUT:
        return CRITICAL
    if band >= HIGH:
        return GRAVE
    return WARNING if band >= ELEVATED else INFO

"""How long a licence takes, day by day after filing: learned from cases, shrunk to a parent, or assumed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.contracts.licences import Stratum
from shared.domain.licences.policy import DENIED_PER_GRANT, HORIZON, PARENT_COUNTS
from shared.domain.licences.survival import estimate

Days = NDArray[np.float64]
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Curve:
    """Chances by day: `granted`, `denied` until then, and the variance of what is undecided."""

    granted: Days
    denied: Days
    variance: Days

    @property
    def undecided(self) -> Days:
        return 1 - self.granted - self.denied

    @property
    def waiting(self) -> Days:
        """No licence yet, be it that there never comes one."""
        return 1 - self.granted


def prior(statutory_days: int) -> Curve:
    """Log-logistic of shape 2: half of all cases are decided within the statutory term."""
    ratio = np.arange(HORIZON + 1) / statutory_days
    decided = 1 - 1 / (1 + ratio * ratio)
    granted = decided / (1 + DENIED_PER_GRANT)
    return Curve(granted, decided - granted, np.zeros(HORIZON + 1))


def learned(stratum: Stratum, parent: Curve) -> Curve:
    """(n own + k parent) / (n + k); the two are taken as independent for the variance."""
    own = alone(stratum, parent)
    weight = stratum.cases / (stratum.cases + PARENT_COUNTS)
    return Curve(
        weight * own.granted + (1 - weight) * parent.granted,
        weight * own.denied + (1 - weight) * parent.denied,
        weight**2 * own.variance + (1 - weight) ** 2 * parent.variance,
    )


def gated(curve: Curve, factor: float) -> Curve:
    """The same, had the hazard of a denial been `factor` times as high."""
    if factor == 1:
        return curve
    left = np.maximum(curve.undecided, 0)
    before = np.concatenate([[1.0], left[:-1]])
    at_risk = np.where(before > _TOLERANCE, before, np.inf)
    granting = np.clip(np.diff(curve.granted, prepend=0) / at_risk, 0, 1)
    denying = np.clip(np.diff(curve.denied, prepend=0) / at_risk, 0, 1)
    denying = np.minimum(1 - (1 - denying) ** factor, 1 - granting)
    undecided = np.concatenate([[1.0], np.cumprod(1 - granting - denying)[:-1]])
    return Curve(np.cumsum(undecided * granting), np.cumsum(undecided * denying), curve.variance)


def no_sooner(curve: Curve, gentler: Curve) -> Curve:
    return Curve(np.minimum(curve.granted, gentler.granted), curve.denied, curve.variance)


def quantile(left: Days, chance: float) -> int | None:
    """The first day on which the chance is down to this; None: beyond the horizon."""
    reached = left <= chance + _TOLERANCE
    return int(reached.argmax()) if reached.any() else None


def alone(stratum: Stratum, parent: Curve) -> Curve:
    """What the cases say as long as one of them was watched; then it goes on as the parent does."""
    found = estimate(stratum.steps)
    places = np.searchsorted([step.day for step in stratum.steps], np.arange(HORIZON + 1), side="right")
    granted = np.array([0.0, *(each.granted for each in found)])[places]
    denied = np.array([0.0, *(each.denied for each in found)])[places]
    variance = np.array([0.0, *(each.undecided**2 * each.greenwood for each in found)])[places]
    last = min(stratum.followed, HORIZON)
    left, known = 1 - granted.item(last) - denied.item(last), parent.undecided.item(last)
    if left > _TOLERANCE and known > _TOLERANCE:
        granted[last:] += (parent.granted[last:] - parent.granted[last]) * (left / known)
        denied[last:] += (parent.denied[last:] - parent.denied[last]) * (left / known)
    return Curve(granted, denied, variance)

"""What news does to a score for a while: one shock for each story and type, however often it is told."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from shared.catalog.materials import expand, materials
from shared.contracts.signals import Signal
from shared.domain.risk.columns import Floats
from shared.domain.risk.policy import DENIAL_COUNTS, IMPACTS, MODALITY, UNPLACED, Impact

FORGOTTEN_AFTER = 6
"""Half-lives: less than 1/64 of a shock is left."""


def decay_table(half_life: int) -> Floats:
    """2^(-age / half-life) by whole days of age, 0 once it is forgotten; rounded, so that every machine agrees."""
    ages = range(half_life * FORGOTTEN_AFTER)
    return np.array([round(2.0 ** (-age / half_life), 6) for age in ages] + [0.0])


_DECAY = {impact.half_life: decay_table(impact.half_life) for impact in IMPACTS.values()}


def decay(half_life: int, age: int) -> float:
    table = _DECAY[half_life]
    return float(table[min(max(age, 0), len(table) - 1)])


@dataclass(slots=True)
class Shock:
    """`asserted` and `denied` are the strongest claims so far, 0-1. `since` is the day of the act, or of the news."""

    story: str
    type: str
    label: str
    materials: tuple[str, ...]
    origin: str | None
    targets: tuple[str, ...]
    companies: tuple[str, ...]
    sign: int
    since: int
    asserted: float = 0.0
    denied: float = 0.0
    impact: Impact = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.impact = IMPACTS[self.type]  # type: ignore[index]  # a snapshot's words are those of the contract

    @classmethod
    def of(cls, signal: Signal, story: str, day: int) -> Self | None:
        """None: it says nothing about how much comes (no direction), or not of what (no material that is known)."""
        sign = IMPACTS[signal.type].sign or {"tightening": 1, "easing": -1, "neutral": 0}[signal.direction]
        named = [slug for slug in signal.materials if slug in materials()]
        if not sign or not named:
            return None
        since = (signal.occurred_on.toordinal() - _EPOCH) if signal.occurred_on else day
        return cls(
            story=story,
            type=signal.type,
            label=signal.type.replace("_", " "),
            materials=tuple(sorted(expand(named))),
            origin=signal.issuer,
            targets=signal.targets,
            companies=signal.companies,
            sign=sign,
            since=min(since, day),
        )

    def hear(self, signal: Signal) -> bool:
        """Whether it changed: repetition of a claim does not strengthen it, a stronger one replaces it."""
        before = (self.asserted, self.denied)
        claim = signal.confidence * signal.source.reliability
        if signal.asserted == "denied":
            self.denied = max(self.denied, claim)
        else:
            self.asserted = max(self.asserted, claim * MODALITY[signal.asserted])
        return (self.asserted, self.denied) != before

    def probability(self) -> float:
        return self.asserted * (1 - DENIAL_COUNTS * self.denied)

    def strength(self, day: int) -> float:
        """What it does today to an exposure wholly in its scope, 0-1."""
        placed = 1.0 if self.origin else UNPLACED
        return self.probability() * self.impact.size * placed * decay(self.impact.half_life, day - self.since)

    def forgotten(self, day: int) -> bool:
        return day - self.since >= self.impact.half_life * FORGOTTEN_AFTER


_EPOCH = 719_163
"""date(1970, 1, 1).toordinal()"""

"""Kaplan-Meier, Greenwood and Aalen-Johansen over the days on which something was decided."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from shared.contracts.licences import Step


class Span(NamedTuple):
    """How long a case was watched, and how it was decided; None: it was not, for as long as it was watched."""

    days: int
    outcome: Literal["granted", "denied"] | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """After a step: S, what Greenwood sums up (Var S = S² sum), and the two cumulative incidences."""

    undecided: float
    greenwood: float
    granted: float
    denied: float


def steps(spans: Iterable[Span]) -> tuple[Step, ...]:
    watched, granted, denied = Counter[int](), Counter[int](), Counter[int]()
    for span in spans:
        watched[span.days] += 1
        granted[span.days] += span.outcome == "granted"
        denied[span.days] += span.outcome == "denied"
    at_risk, found = watched.total(), []
    for day in sorted(watched):
        if granted[day] or denied[day]:
            found.append(Step(day=day, at_risk=at_risk, granted=granted[day], denied=denied[day]))
        at_risk -= watched[day]
    return tuple(found)


def estimate(given: Sequence[Step]) -> list[Estimate]:
    """One for each step. Where everybody was decided, S is 0 and certain."""
    undecided, summed, granted, denied = 1.0, 0.0, 0.0, 0.0
    found = []
    for step in given:
        n, d = step.at_risk, step.granted + step.denied
        granted += undecided * step.granted / n
        denied += undecided * step.denied / n
        undecided *= 1 - d / n
        summed += d / (n * (n - d)) if n > d else 0.0
        found.append(Estimate(undecided, summed, granted, denied))
    return found

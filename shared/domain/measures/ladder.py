"""Warnings before a suspension or a measure ends by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from shared.domain.measures.calendar import after, shifted, start_of
from shared.domain.measures.chronicle import Phase

Days = Literal[60, 30, 14, 7, 1, 0]
LADDER: tuple[Days, ...] = (60, 30, 14, 7, 1, 0)

Ending = Literal["suspension_ends", "lapses"]


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    """00:00 of its day in the issuer's zone."""
    event: Ending
    on: date
    days: Days
    over_at: datetime
    """When what it warns of has happened."""


def next_end(phase: Phase) -> tuple[Ending, date] | None:
    """What will end by itself, and its last day: the suspension, or the measure where that comes first."""
    if phase.state in ("lapsed", "lifted"):
        return None
    if phase.suspended_until and (phase.until is None or phase.suspended_until < phase.until):
        return "suspension_ends", phase.suspended_until
    return ("lapses", phase.until) if phase.until else None


def ladder(phases: Sequence[Phase], zone: ZoneInfo, known_from: datetime) -> Iterator[Step]:
    """Every step later than `known_from`: one that was past when its end became known is not told."""
    for number, phase in enumerate(phases):
        end = next_end(phase)
        if end is None:
            continue
        event, on = end
        left_at = phases[number + 1].at if number + 1 < len(phases) else None
        for days in LADDER:
            at = start_of(shifted(on, -days), zone)
            if at > known_from and at >= phase.at and (left_at is None or at < left_at):
                yield Step(at, event, on, days, after(on, zone))

"""What falls due between two instants: measures that move by themselves, and steps of their expiry ladders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.registry.book import Entry
from shared.contracts.changes import LadderStep, Transition
from shared.contracts.licences import Stratum
from shared.domain.measures.chronicle import Phase, is_move
from shared.domain.measures.ladder import Step


@dataclass(frozen=True, slots=True)
class Due:
    """In the order in which it fell due; `moved` are the measures that are not as they were."""

    transitions: tuple[Transition, ...] = ()
    steps: tuple[LadderStep, ...] = ()
    moved: tuple[str, ...] = ()
    strata: tuple[Stratum, ...] = ()
    """Of the licence book, where a UTC midnight was passed."""


def run_clocks(entries: Iterable[Entry], after: datetime, until: datetime, horizon: datetime) -> Due:
    """`horizon`: the end of the jump that time is in the middle of. Of one ladder only the latest step due by then is
    told, and none where what it warns of has happened by then."""
    transitions: list[Transition] = []
    steps: list[LadderStep] = []
    moved: dict[str, None] = {}
    for entry in entries:
        begun, passed = entry.due(after, until)
        moved |= dict.fromkeys(entry.identity.id for _ in begun)
        transitions += [transition(entry, before, phase) for before, phase in begun if is_move(before, phase)]
        steps += [_told(entry, step) for step in passed if _is_latest(step, entry.steps, horizon)]
    return Due(
        tuple(sorted(transitions, key=lambda item: (item.at, item.measure_id))),
        tuple(sorted(steps, key=lambda item: (item.at, item.measure_id))),
        tuple(dict.fromkeys([*sorted(moved), *(step.measure_id for step in steps)])),
    )


def transition(entry: Entry, before: Phase | None, phase: Phase) -> Transition:
    return Transition(
        measure_id=entry.identity.id,
        previous=before.state if before else None,
        state=phase.state,
        confirmed=phase.confirmed,
        at=phase.at,
        act=phase.act.act if phase.act else None,
    )


def _is_latest(step: Step, ladder: Iterable[Step], horizon: datetime) -> bool:
    later = any(
        one.at > step.at and (one.event, one.on) == (step.event, step.on) for one in ladder if one.at <= horizon
    )
    return not later and step.over_at > horizon


def _told(entry: Entry, step: Step) -> LadderStep:
    return LadderStep(measure_id=entry.identity.id, event=step.event, on=step.on, days=step.days, at=step.at)

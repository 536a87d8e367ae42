"""What the scorers would have been told since a day: each move of each measure as it was known then, the steps towards
its end, the news that is still kept, and every midnight."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from shared.contracts.changes import Change, LadderStep, Transition
from shared.contracts.measures import Measure, MeasureRecord
from shared.contracts.signals import Signal
from shared.domain.measures import Identity, measure_at
from shared.domain.measures.acts import standing
from shared.domain.measures.ladder import Step, ladder
from shared.domain.measures.measure import told
from shared.domain.measures.reports import standing_reports

Heard = tuple[datetime, Signal]
"""When it was accepted."""


@dataclass(slots=True)
class _Moment:
    transitions: list[Transition] = field(default_factory=list)
    steps: list[LadderStep] = field(default_factory=list)
    measures: dict[str, Measure] = field(default_factory=dict)
    signals: list[Signal] = field(default_factory=list)


def changes_since(
    records: Iterable[MeasureRecord], heard: Sequence[Heard], since: datetime, now: datetime
) -> tuple[Change, ...]:
    """The first says how the world stood at `since`."""
    began, moments = _Moment(), {midnight: _Moment() for midnight in _midnights(since, now)}
    for record in records:
        life = _Life(record, since, now)
        if before := life.at(since):
            began.measures[before.id] = before
        for at in sorted(life.moments):
            before = life.tell(moments.setdefault(at, _Moment()), before, at)
    for at, signal in heard:
        if since < at <= now:
            moments.setdefault(at, _Moment()).signals.append(signal)
    return (_change(began, since), *(_change(moments[at], at) for at in sorted(moments)))


class _Life:
    """One measure, as it was known at each moment: clocks run by what was known until something new was heard."""

    def __init__(self, record: MeasureRecord, since: datetime, until: datetime) -> None:
        self._identity = Identity(record.measure.issuer, record.measure.ref)
        self._acts, self._reports = record.acts, record.reports
        known = {*(act.known_at for act in record.acts), *(report.known_at for report in record.reports)}
        heard = sorted(at for at in known if since < at <= until)
        self.moments: dict[datetime, list[Step]] = {at: [] for at in heard}
        for after, before in pairwise((since, *heard, until)):
            for at, step in self._due(after, before):
                self.moments.setdefault(at, []).extend(step)

    def at(self, moment: datetime) -> Measure | None:
        return measure_at(self._identity, self._acts, moment, moment, reports=self._reports)

    def tell(self, moment: _Moment, before: Measure | None, at: datetime) -> Measure | None:
        after = self.at(at)
        if after is None:
            return None
        moment.measures[after.id] = after
        if before is None or (before.state, before.confirmed) != (after.state, after.confirmed):
            moment.transitions.append(_transition(before, after, at))
        for step in self.moments[at]:
            moment.steps.append(
                LadderStep(measure_id=after.id, event=step.event, on=step.on, days=step.days, at=step.at)
            )
        return after

    def _due(self, after: datetime, until: datetime) -> Iterator[tuple[datetime, list[Step]]]:
        acts = standing(self._acts, after)
        if not acts:
            return
        chronicle = told(acts, standing_reports(self._reports, after), self._identity)
        yield from ((phase.at, []) for phase in chronicle.phases if after < phase.at <= until)
        steps = ladder(chronicle.phases, self._identity.zone, chronicle.born)
        yield from ((step.at, [step]) for step in steps if after < step.at <= until)


def _transition(before: Measure | None, after: Measure, at: datetime) -> Transition:
    return Transition(
        measure_id=after.id,
        previous=before.state if before else None,
        state=after.state,
        confirmed=after.confirmed,
        at=at,
        act=after.history[-1].act if after.history else None,
    )


def _midnights(since: datetime, until: datetime) -> Iterator[datetime]:
    at = datetime.combine(since.astimezone(UTC).date() + timedelta(days=1), time.min, UTC)
    while at <= until:
        yield at
        at += timedelta(days=1)


def _change(moment: _Moment, at: datetime) -> Change:
    return Change(
        number=0,
        record_id=f"past/{at.isoformat()}",
        cause="act" if moment.transitions else "judgement" if moment.signals else "tick",
        at=at,
        transitions=tuple(moment.transitions),
        steps=tuple(moment.steps),
        measures=tuple(moment.measures.values()),
        signals=tuple(moment.signals),
    )

"""Every measure that is known, with the moves and warnings that its clocks still hold."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from shared.contracts.measures import Act, Measure, Report
from shared.domain.measures import Identity, measure_at
from shared.domain.measures.acts import heard_of, key_of, standing
from shared.domain.measures.belief import supports
from shared.domain.measures.chronicle import Phase
from shared.domain.measures.ladder import Step, ladder
from shared.domain.measures.measure import shown, told
from shared.domain.measures.reports import key_of as key_of_report
from shared.domain.measures.reports import standing_reports

MOST_REPORTS = 200
"""Signals of which reports are kept, per measure."""


class Entry:
    """One measure. Not changed: an act or a report makes another."""

    def __init__(
        self, identity: Identity, acts: tuple[Act, ...], reports: tuple[Report, ...] = (), size: int = 0
    ) -> None:
        self.identity = identity
        self.acts = acts
        """In the order in which they came, corrections beside what they correct; so the reports, too."""
        self.reports = reports
        self.size = size
        """Bytes of the records behind `acts`."""
        self._standing, self._said = standing(acts), standing_reports(reports)
        self.chronicle = told(self._standing, self._said, identity)
        self.steps = tuple(ladder(self.chronicle.phases, identity.zone, self.chronicle.born))
        heard = [heard_of(act, identity.zone) for act in self._standing]
        self._settled_from = max([*heard, *(report.evidence.published_at for report in self._said)])
        self._shown: tuple[datetime, Measure | None] | None = None

    def current(self, act: Act) -> Act | None:
        """What is known under the act's key."""
        return next((known for known in self._standing if key_of(known) == key_of(act)), None)

    def with_act(self, act: Act, size: int) -> "Entry":
        return Entry(self.identity, (*self.acts, act), self.reports, self.size + size)

    def with_report(self, report: Report) -> "Entry":
        reports = (*self.reports, report)
        if len({key_of_report(one) for one in reports}) > MOST_REPORTS:
            # what a state or a belief rests on stays; when only such are left, more of them would change little
            newest = {key_of_report(one): one for one in reports}
            idle = next((key for key, one in newest.items() if _is_idle(one)), key_of_report(report))
            reports = tuple(one for one in reports if key_of_report(one) != idle)
        return Entry(self.identity, self.acts, reports, self.size)

    def withdrawal_of(self, signal_id: str, known_at: datetime) -> Report | None:
        """None: nothing stands of it."""
        said = next((one for one in self._said if one.signal_id == signal_id), None)
        return said and said.model_copy(update={"known_at": known_at, "withdrawn": True})

    def at(self, now: datetime) -> Measure | None:
        if self._shown is None or self._shown[0] != now:
            if now >= self._settled_from:
                measure = shown(self.identity, self.chronicle, self._standing, self._said, now)
            else:
                measure = measure_at(self.identity, self.acts, now, reports=self.reports)
            self._shown = now, measure
        return self._shown[1]

    def due(self, after: datetime, until: datetime) -> tuple[list[tuple[Phase | None, Phase]], list[Step]]:
        """Phases that begin in between, each beside the one before, and steps of the ladder."""
        phases = self.chronicle.phases
        begun = [
            (phases[number - 1] if number else None, phase)
            for number, phase in enumerate(phases)
            if after < phase.at <= until
        ]
        return begun, [step for step in self.steps if after < step.at <= until]

    def next_due(self, after: datetime) -> datetime | None:
        moments = [phase.at for phase in self.chronicle.phases] + [step.at for step in self.steps]
        return min((moment for moment in moments if moment > after), default=None)


def _is_idle(report: Report) -> bool:
    return report.withdrawn or not supports(report, "in_force")


class Book:
    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = {entry.identity.id: entry for entry in entries}
        self._due: dict[str, datetime] = {}
        self._first_due: datetime | None = None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def get(self, measure_id: str) -> Entry | None:
        return self._entries.get(measure_id)

    def put(self, entry: Entry, now: datetime) -> None:
        self._entries[entry.identity.id] = entry
        self.schedule(entry, now)

    def schedule(self, entry: Entry, now: datetime) -> None:
        due = entry.next_due(now)
        if due is None:
            self._due.pop(entry.identity.id, None)
        else:
            self._due[entry.identity.id] = due
        self._first_due = min(self._due.values(), default=None)

    def due(self, until: datetime) -> list[Entry]:
        if self._first_due is None or self._first_due > until:
            return []
        return [self._entries[measure_id] for measure_id, due in self._due.items() if due <= until]

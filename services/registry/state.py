"""The registry's state between two records, and its bytes: the same state gives the same bytes."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from pydantic import TypeAdapter

from services.registry.archive import Archive
from services.registry.book import Book, Entry
from shared.contracts.base import rfc3339, to_json
from shared.contracts.measures import Act, Report
from shared.domain.licences.book import LicenceBook
from shared.domain.measures import Identity
from shared.domain.stories import Names, Stories

VERSION = 7
"""Of what `dump` writes: counted up when it changes shape, so that older snapshots are left alone."""

REPEATS_KNOWN_FOR = timedelta(days=7)
FIGURES_KNOWN_FOR = timedelta(days=400)

_ACTS: TypeAdapter[tuple[Act, ...]] = TypeAdapter(tuple[Act, ...])
_REPORTS: TypeAdapter[tuple[Report, ...]] = TypeAdapter(tuple[Report, ...])


@dataclass(frozen=True, slots=True)
class Figure:
    """The newest price or flow of a kind: of which day or period, what it says, and when we had it."""

    period: str
    content: int
    seen_on: date


@dataclass(slots=True)
class State:
    now: datetime | None = None
    """The highest `accepted-at` read."""
    began: datetime | None = None
    """The first tick, or the first line of the timeline before it: when this world was first started."""
    last_tick: datetime | None = None
    catching_up_to: datetime | None = None
    changes: int = 0
    seeded: set[str] = field(default_factory=set)
    """Lines of the timeline that stand on `world`."""
    book: Book = field(default_factory=Book)
    stories: Stories = field(default_factory=Stories)
    archive: Archive = field(default_factory=Archive)
    judged: dict[date, set[int]] = field(default_factory=dict)
    """Judgements taken, by day: event and text together."""
    figures: dict[str, Figure] = field(default_factory=dict)
    licences: LicenceBook = field(default_factory=LicenceBook)
    names: Names = field(default_factory=Names)
    """Derived from the book."""

    def prune(self, now: datetime) -> None:
        today = now.date()
        self.stories.prune(now)
        self.archive = self.archive.pruned(now)
        self.judged = {day: seen for day, seen in self.judged.items() if today - day <= REPEATS_KNOWN_FOR}
        self.figures = {
            key: figure for key, figure in self.figures.items() if today - figure.seen_on <= FIGURES_KNOWN_FOR
        }

    def learn_names(self, entry: Entry, now: datetime) -> None:
        if measure := entry.at(now):
            self.names.learn(measure, frozenset(act.act for act in entry.acts))


def dump(state: State) -> bytes:
    raw = {
        "now": _instant(state.now),
        "began": _instant(state.began),
        "last_tick": _instant(state.last_tick),
        "catching_up_to": _instant(state.catching_up_to),
        "changes": state.changes,
        "seeded": sorted(state.seeded),
        "measures": [
            {
                "issuer": entry.identity.issuer,
                "ref": entry.identity.ref,
                "size": entry.size,
                "acts": [orjson.Fragment(to_json(act)) for act in entry.acts],
                "reports": [orjson.Fragment(to_json(report)) for report in entry.reports],
            }
            for entry in state.book
        ],
        "stories": state.stories.dump(),
        "archive": state.archive.dump(),
        "judged": {str(day): sorted(seen) for day, seen in state.judged.items()},
        "figures": {key: [figure.period, figure.content, str(figure.seen_on)] for key, figure in state.figures.items()},
        "licences": state.licences.dump(),
    }
    return orjson.dumps(raw)


def load(content: bytes) -> State:
    raw: dict[str, Any] = orjson.loads(content)
    state = State(
        now=_moment(raw["now"]),
        began=_moment(raw["began"]),
        last_tick=_moment(raw["last_tick"]),
        catching_up_to=_moment(raw["catching_up_to"]),
        changes=raw["changes"],
        seeded=set(raw["seeded"]),
        stories=Stories.load(raw["stories"]),
        archive=Archive.load(raw["archive"]),
        judged={date.fromisoformat(day): set(seen) for day, seen in raw["judged"].items()},
        figures={
            key: Figure(period, content, date.fromisoformat(seen_on))
            for key, (period, content, seen_on) in raw["figures"].items()
        },
        licences=LicenceBook.load(raw["licences"]),
    )
    for one in raw["measures"]:
        entry = Entry(
            Identity(one["issuer"], one["ref"]),
            _ACTS.validate_python(one["acts"]),
            _REPORTS.validate_python(one["reports"]),
            one["size"],
        )
        if state.now:
            state.book.put(entry, state.now)
            state.learn_names(entry, state.now)
    return state


def _instant(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

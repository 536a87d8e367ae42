"""An event that has not happened, as the record that the scorers would get of it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from shared.contracts.changes import Change, Transition
from shared.contracts.events import ListChange, MeasureChange
from shared.contracts.measures import Act, Measure, MeasureRecord
from shared.contracts.signals import Signal
from shared.domain.measures import Identity, measure_at
from shared.domain.measures.acts import counts_from
from shared.domain.measures.events import of_list, of_measure
from shared.domain.stories import Stories

SUPPOSED = "what-if"
_NO_MATTER = datetime.min.replace(tzinfo=UTC)


def identity_of(event: MeasureChange | ListChange) -> Identity:
    return _act(event, _NO_MATTER)[0]


def by_act(event: MeasureChange | ListChange, known: MeasureRecord | None, now: datetime) -> Change:
    """The measure as it would stand once the act counts: one that takes effect later is shown as if it did today."""
    identity, act = _act(event, now)
    acts, reports = (known.acts, known.reports) if known else ((), ())
    at = max(now, counts_from(act, identity.zone))
    before = measure_at(identity, acts, now, reports=reports) if acts else None
    after = measure_at(identity, (*acts, act), at, reports=reports)
    return _change("act", now, measures=() if after is None else (after,), transitions=_moved(before, after, act, at))


def by_news(signals: Sequence[Signal], now: datetime) -> Change:
    """As news that nobody has told before, in as many stories as if it were told."""
    stories = Stories()
    placed = (stories.place_again(signal, now, None, f"{SUPPOSED}/{n}").signal for n, signal in enumerate(signals))
    fresh = (signal.model_copy(update={"novelty": "new"}) for signal in placed)
    return _change("judgement", now, signals=tuple(fresh))


def by_nothing(now: datetime) -> Change:
    """Prices and flows are kept, and move no score."""
    return _change("price", now)


def _act(event: MeasureChange | ListChange, now: datetime) -> tuple[Identity, Act]:
    if isinstance(event, MeasureChange):
        return of_measure(event, SUPPOSED, now)
    return of_list(event, SUPPOSED, now)


def _moved(before: Measure | None, after: Measure | None, act: Act, at: datetime) -> tuple[Transition, ...]:
    if after is None or (before and (before.state, before.confirmed) == (after.state, after.confirmed)):
        return ()
    previous = before.state if before else None
    moved = Transition(
        measure_id=after.id, previous=previous, state=after.state, confirmed=after.confirmed, at=at, act=act.act
    )
    return (moved,)


def _change(cause: str, now: datetime, **words: object) -> Change:
    return Change.model_validate({"number": 0, "record_id": SUPPOSED, "cause": cause, "at": now} | words)

"""Before anything moves: does a record say something new, and can it be taken at all?"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from services.registry.archive import KEPT_FOR, Kept
from services.registry.records import Fact
from services.registry.state import Figure, State
from shared.contracts.base import to_json
from shared.contracts.changes import Tick
from shared.contracts.events import ListChange, MeasureChange, Price, Source, TradeFlow
from shared.contracts.licences import Observation
from shared.contracts.measures import Act, Override
from shared.contracts.reviews import Review
from shared.contracts.signals import Judgement
from shared.domain.measures import Identity, start_of
from shared.domain.measures.acts import same_content
from shared.domain.measures.events import of_list, of_measure, of_override
from shared.kafka.record import DeadLetter, Stamp

LARGEST_MEASURE = 1_000_000
"""Bytes of the acts on one measure: its record says them up to five times, and must be below what topics take."""
_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class NewAct:
    identity: Identity
    act: Act
    size: int
    source: Source | None


@dataclass(frozen=True, slots=True)
class NewFigure:
    key: str
    figure: Figure
    price: Price | None = None
    flow: TradeFlow | None = None


@dataclass(frozen=True, slots=True)
class NewText:
    judgement: Judgement
    mark: int


@dataclass(frozen=True, slots=True)
class NewWord:
    review: Review
    kept: Kept


New = NewAct | NewFigure | NewText | NewWord | Observation | Tick


def new_in(fact: Fact, stamp: Stamp, size: int, state: State, *, of_timeline: bool = False) -> New | None:
    """None: we have it already, or newer. `of_timeline`: everybody knew it by the day of its announcement.

    :raises DeadLetter: it cannot be taken.
    """
    match fact:
        case MeasureChange():
            identity, act = of_measure(fact, stamp.event_id, stamp.accepted_at)
            return _act(identity, _published(identity, act) if of_timeline else act, size, fact.source, state)
        case ListChange():
            try:
                identity, act = of_list(fact, stamp.event_id, stamp.accepted_at)
            except ValueError as error:
                raise DeadLetter(str(error), "apply") from error
            return _act(identity, _published(identity, act) if of_timeline else act, size, fact.source, state)
        case Override():
            return _override(fact, stamp, size, state)
        case Review():
            return _word(fact, state)
        case Judgement():
            return _text(fact, stamp, state)
        case Price() | TradeFlow():
            new = _figure(fact, stamp)
            return new if _is_newer(new.figure, new.key, state) else None
        case Observation():
            return None if state.licences.is_repeat(fact) else fact
        case Tick():
            return fact if state.last_tick is None or fact.at > state.last_tick else None


def _published(identity: Identity, act: Act) -> Act:
    """A gazette's acts were public from the day of their announcement on, although the first start reads all earlier
    ones at once: who asks what was known on a day before it is to see them."""
    return act.model_copy(update={"known_at": min(act.known_at, start_of(act.announced_on, identity.zone))})


def _act(identity: Identity, act: Act, size: int, source: Source | None, state: State) -> NewAct | None:
    entry = state.book.get(identity.id)
    if entry is None:
        return NewAct(identity, act, size, source)
    known = entry.current(act)
    if known and same_content(known, act):
        return None
    if entry.size + size > LARGEST_MEASURE:
        raise DeadLetter(f"the acts on {identity.ref} would take more than {LARGEST_MEASURE} bytes together", "apply")
    if known and known.known_at >= act.known_at:
        # what stands later on `world` corrects what stands before, even where one instant stamped both
        act = act.model_copy(update={"known_at": known.known_at + _A_MOMENT})
    return NewAct(identity, act, size, source)


def _override(override: Override, stamp: Stamp, size: int, state: State) -> NewAct | None:
    entry = state.book.get(override.measure_id)
    measure = entry.at(state.now or stamp.accepted_at) if entry else None
    if entry is None or measure is None:
        raise DeadLetter(f"override of {override.measure_id}, which is no measure that is known", "apply")
    act = of_override(override, measure, stamp.event_id, stamp.accepted_at)
    return _act(entry.identity, act, size, None, state)


def _word(review: Review, state: State) -> NewWord | None:
    kept = state.archive.get(review.signal_id)
    if kept is None:
        raise DeadLetter(f"a word on {review.signal_id}, which is no signal of the last {KEPT_FOR.days} days", "apply")
    return None if review.id in kept.words else NewWord(review, kept)


def _text(judgement: Judgement, stamp: Stamp, state: State) -> NewText | None:
    digest = hashlib.blake2b(f"{stamp.event_id}\0{judgement.fingerprints.exact}".encode(), digest_size=8).digest()
    mark = int.from_bytes(digest) >> 1
    says_nothing = not judgement.signals and not state.archive.of_event(stamp.event_id)
    if says_nothing or any(mark in seen for seen in state.judged.values()):
        return None
    return NewText(judgement, mark)


def _figure(fact: Price | TradeFlow, stamp: Stamp) -> NewFigure:
    seen_on = stamp.accepted_at.date()
    if isinstance(fact, Price):
        key = f"price|{fact.source.name}|{fact.material}|{fact.currency}|{fact.unit}"
        return NewFigure(key, Figure(fact.as_of.isoformat(), _content(fact), seen_on), price=fact)
    key = f"flow|{fact.source.name}|{fact.reporter}|{fact.partner}|{fact.hs_code}|{len(fact.period)}"
    return NewFigure(key, Figure(fact.period, _content(fact), seen_on), flow=fact)


def _is_newer(figure: Figure, key: str, state: State) -> bool:
    known = state.figures.get(key)
    return (
        known is None
        or figure.period > known.period
        or (figure.period == known.period and figure.content != known.content)
    )


def _content(event: Price | TradeFlow) -> int:
    plain = to_json(event.model_copy(update={"id": None, "source": Source(name=event.source.name, type="system")}))
    return int.from_bytes(hashlib.blake2b(plain, digest_size=8).digest()) >> 1

"""The fold over `world`: state × record → state, records. No clock: time is in the records (contract section 10).

A record that says nothing new is passed over as if it had never stood there: even time does not move by it. Any other
first lets clocks run up to its `accepted-at`, then says what it has to say; both together are one numbered change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from services.registry import news
from services.registry import state as states
from services.registry.book import Entry
from services.registry.clocks import Due, is_move, run_clocks, transition
from services.registry.facts import New, NewAct, NewFigure, NewText, new_in
from services.registry.outputs import in_brief, measure_record, signal_records, to_scorers
from services.registry.records import CATCHING_UP_HEADER, SEED_HEADER, Fact, parse, read_notes
from services.registry.state import State
from shared.contracts.changes import Change, Tick, Transition
from shared.contracts.events import Price, Source, TradeFlow
from shared.contracts.signals import Signal
from shared.kafka.record import Incoming, Outgoing, Stamp

_CAUSES = {
    "measure_change": "act",
    "list_change": "list",
    "judgement": "judgement",
    "override": "override",
    "price": "price",
    "trade_flow": "trade_flow",
    "tick": "tick",
}


@dataclass(frozen=True, slots=True)
class _Effect:
    """Of what a record says, clocks apart."""

    transitions: tuple[Transition, ...] = ()
    moved: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()
    told: tuple[Signal, ...] = ()
    price: Price | None = None
    flow: TradeFlow | None = None


class Registry:
    """One partition, one order, one reader."""

    def __init__(self, partitions: int, state: State | None = None) -> None:
        self._partitions = partitions
        self.state = state or State()

    @classmethod
    def restore(cls, partitions: int, content: bytes | None) -> Self:
        return cls(partitions, states.load(content) if content else None)

    def dump(self) -> bytes:
        return states.dump(self.state)

    def take(self, record: Incoming) -> Sequence[Outgoing]:
        stamp = Stamp.read(record.headers)
        fact = parse(record.value)
        notes = read_notes(record.headers)
        line = notes.get(SEED_HEADER)
        new = None
        if line not in self.state.seeded:
            new = new_in(fact, stamp, len(record.value or b""), self.state, of_timeline=line is not None)
        self._note_beginning(fact, line, stamp)
        if new is None:
            return []
        horizon = _horizon(fact, notes)
        due = self._let_time_pass(stamp.accepted_at, horizon)
        return self._outputs(new, _CAUSES[fact.kind], stamp, due, self._apply(new), horizon)

    def _note_beginning(self, fact: Fact, line: str | None, stamp: Stamp) -> None:
        if line:
            self.state.seeded.add(line)
        if self.state.began is None and (line or isinstance(fact, Tick)):
            self.state.began = stamp.accepted_at

    def _let_time_pass(self, accepted_at: datetime, horizon: datetime | None) -> Due:
        state = self.state
        before, now = state.now, max(state.now or accepted_at, accepted_at)
        state.now = now
        state.catching_up_to = max(filter(None, (horizon, state.catching_up_to)), default=None)
        if before is None or now == before:
            return Due()
        entries = state.book.due(now)
        due = run_clocks(entries, before, now, max(now, state.catching_up_to or now))
        for entry in entries:
            state.book.schedule(entry, now)
        if now.date() != before.date():
            state.prune(now)
        return due

    def _apply(self, new: New) -> _Effect:
        match new:
            case NewAct(identity, act, size):
                known = self.state.book.get(identity.id)
                return self._replaced(known, known.with_act(act, size) if known else Entry(identity, (act,), (), size))
            case NewText(judgement, mark):
                self.state.judged.setdefault(self._now.date(), set()).add(mark)
                return self._read(news.read(judgement, self._now, self.state))
            case NewFigure(key, figure, price, flow):
                self.state.figures[key] = figure
                return _Effect(price=price, flow=flow)
            case Tick():
                self.state.last_tick = new.at
                return _Effect()

    def _read(self, read: news.News) -> _Effect:
        effects = []
        for measure_id, report in read.reports:
            known = self.state.book.get(measure_id)
            if known:
                effects.append(self._replaced(known, known.with_report(report)))
        return _Effect(
            transitions=tuple(moved for effect in effects for moved in effect.transitions),
            moved=tuple(measure_id for effect in effects for measure_id in effect.moved),
            signals=read.signals,
            told=read.told,
        )

    def _replaced(self, known: Entry | None, entry: Entry) -> _Effect:
        before, after = known.chronicle.at(self._now) if known else None, entry.chronicle.at(self._now)
        self.state.book.put(entry, self._now)
        if after is None or (known and known.at(self._now) == entry.at(self._now)):
            return _Effect()
        transitions: tuple[Transition, ...] = ()
        if is_move(before, after):
            begun = [move for move in entry.chronicle.moves() if move.at <= self._now][-1]
            transitions = (transition(entry, before, begun),)
        return _Effect(transitions, moved=(entry.identity.id,))

    def _outputs(
        self, new: New, cause: str, stamp: Stamp, due: Due, effect: _Effect, horizon: datetime | None
    ) -> list[Outgoing]:
        moved = self._entries(dict.fromkeys([*due.moved, *effect.moved]))
        measures = [(entry, measure) for entry in moved if (measure := entry.at(self._now))]
        outputs = [measure_record(entry, measure, self._now, stamp) for entry, measure in measures]
        outputs += signal_records(effect.signals, stamp)
        for entry, _ in measures:
            self.state.learn_names(entry, self._now)
        figure = effect.price or effect.flow
        if not (measures or effect.told or figure or isinstance(new, Tick)):
            return outputs
        self.state.changes += 1
        source, title = _about(new)
        change = Change(
            number=self.state.changes,
            record_id=stamp.event_id,
            cause=cause,
            at=stamp.accepted_at,
            quiet=stamp.quiet,
            catching_up_to=horizon,
            step_to=new.step_to if isinstance(new, Tick) else None,
            source=source,
            title=title,
            transitions=(*due.transitions, *effect.transitions),
            steps=due.steps,
            measures=tuple(in_brief(measure) for _, measure in measures),
            signals=effect.told,
            price=effect.price,
            trade_flow=effect.flow,
        )
        return outputs + to_scorers(change, stamp, self._partitions)

    @property
    def _now(self) -> datetime:
        if self.state.now is None:
            raise RuntimeError("nothing was read yet")
        return self.state.now

    def _entries(self, measure_ids: Iterable[str]) -> list[Entry]:
        return [entry for measure_id in measure_ids if (entry := self.state.book.get(measure_id))]


def _horizon(fact: Fact, notes: dict[str, str]) -> datetime | None:
    if isinstance(fact, Tick):
        return fact.catching_up_to
    return datetime.fromisoformat(notes[CATCHING_UP_HEADER]) if CATCHING_UP_HEADER in notes else None


def _about(new: New) -> tuple[Source | None, str | None]:
    match new:
        case NewAct():
            return new.source, new.act.title
        case NewText(judgement):
            said_by = judgement.source
            return Source.model_construct(name=said_by.name, type=said_by.type, url=judgement.url), judgement.title
        case NewFigure(price=price, flow=flow):
            figure = price or flow
            return figure.source if figure else None, None
        case Tick():
            return None, None

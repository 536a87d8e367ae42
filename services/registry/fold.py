"""The fold over `world`: state × record → state, records. No clock: time is in the records (contract section 10).

A record that says nothing new is passed over as if it had never stood there: even time does not move by it. Any other
first lets clocks run up to its `accepted-at`, then says what it has to say; both together are one numbered change."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self

from services.registry import corrections, news, reviews
from services.registry import state as states
from services.registry.book import Entry
from services.registry.clocks import Due, run_clocks, transition
from services.registry.facts import New, NewAct, NewFigure, NewText, NewWord, new_in
from services.registry.outputs import measure_record, signal_records, to_scorers
from services.registry.records import CATCHING_UP_HEADER, SEED_HEADER, Fact, parse, read_notes
from services.registry.state import State
from services.registry.turn import Effect, Turn
from shared.contracts.changes import Tick, Transition
from shared.contracts.licences import Observation
from shared.contracts.measures import Report
from shared.contracts.signals import Judgement
from shared.domain.measures.chronicle import stands_otherwise
from shared.kafka.record import Incoming, Outgoing, Stamp


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

    def recover(self, record: Incoming) -> None:
        self.take(record)

    def recovered(self) -> None:
        """Nothing is put off: the world is small."""

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
        effect = self._apply(new)
        return self._outputs(Turn(fact.kind, new, stamp, catching_up_to=horizon, due=due, effect=effect))

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
            due = replace(due, strata=state.licences.close_day(now.date()))
        return due

    def _apply(self, new: New) -> Effect:
        match new:
            case NewAct(identity, act, size):
                known = self.state.book.get(identity.id)
                return self._replaced(known, known.with_act(act, size) if known else Entry(identity, (act,), (), size))
            case NewText(judgement, mark):
                self.state.judged.setdefault(self._now.date(), set()).add(mark)
                return self._read(judgement)
            case NewWord(review, kept):
                word = reviews.hear(review, kept, self._now, self.state)
                return replace(self._reported(word.reports), signals=(word.signal,), retold=word.retold)
            case NewFigure(key, figure, price, flow):
                self.state.figures[key] = figure
                return Effect(price=price, flow=flow)
            case Observation():
                self.state.licences.put(new)
                return Effect()
            case Tick():
                self.state.last_tick = new.at
                return Effect()

    def _read(self, judgement: Judgement) -> Effect:
        state = self.state
        read = news.read(judgement, self._now, state)
        back = tuple(corrections.taken_back(judgement, read, self._now, state))
        for heard in read.heard:
            before = state.archive.get(heard.id)
            if not (before and heard.repeated and before.story == heard.story):
                state.archive.put(heard)
        anew = {signal.id for signal in read.signals}
        return replace(
            self._reported([*(report for word in back for report in word.reports), *read.reports]),
            signals=(*(word.signal for word in back if word.signal.id not in anew), *read.signals),
            told=read.told,
            retold=tuple(retold for word in back for retold in word.retold),
        )

    def _reported(self, reports: Iterable[tuple[str, Report]]) -> Effect:
        effects = []
        for measure_id, report in reports:
            known = self.state.book.get(measure_id)
            if known:
                effects.append(self._replaced(known, known.with_report(report)))
        return Effect(
            transitions=tuple(moved for effect in effects for moved in effect.transitions),
            moved=tuple(measure_id for effect in effects for measure_id in effect.moved),
        )

    def _replaced(self, known: Entry | None, entry: Entry) -> Effect:
        before, after = known.chronicle.at(self._now) if known else None, entry.chronicle.at(self._now)
        self.state.book.put(entry, self._now)
        if after is None or (known and known.at(self._now) == entry.at(self._now)):
            return Effect()
        transitions: tuple[Transition, ...] = ()
        if before is None or stands_otherwise(before, after):
            begun = [move for move in entry.chronicle.moves() if move.at <= self._now][-1]
            transitions = (transition(entry, before, begun),)
        return Effect(transitions, moved=(entry.identity.id,))

    def _outputs(self, turn: Turn) -> list[Outgoing]:
        measures = [(entry, measure) for entry in self._entries(turn.moved) if (measure := entry.at(self._now))]
        outputs = [measure_record(entry, measure, self._now, turn.stamp) for entry, measure in measures]
        outputs += signal_records(turn.effect.signals, turn.stamp)
        for entry, _ in measures:
            self.state.learn_names(entry, self._now)
        if measures or turn.says_more:
            self.state.changes += 1
            change = turn.change(self.state.changes, (measure for _, measure in measures))
            outputs += to_scorers(change, turn.stamp, self._partitions)
        return outputs

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

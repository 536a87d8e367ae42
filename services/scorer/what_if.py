"""What would a record do to these exposures, and what would a customer have been told of the past? Answered by the
same fold that takes the ledger, on a twin of its state or on one that begins anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from pydantic import BaseModel

from services.scorer.fold import LedgerFold
from services.scorer.state import State, empty
from services.scorer.twin import twin, world_of
from shared.contracts.alerts import Message
from shared.contracts.base import to_json
from shared.contracts.changes import Change
from shared.contracts.customers import Acknowledgement, ProfileRecord
from shared.contracts.questions import LedgerRecord, Move, Past, Told, WhatIf
from shared.contracts.risk import Stockout
from shared.domain.risk.columns import Rows
from shared.domain.risk.outlook import outlook
from shared.domain.risk.record import stockout_json
from shared.domain.risk.scope import NO_ROWS, rows_moved, rows_under
from shared.domain.risk.score import score
from shared.domain.risk.shocks import Shock
from shared.domain.risk.shown import Shown, shown
from shared.domain.risk.world import union
from shared.kafka.record import Headers, Incoming, Stamp
from shared.kafka.topics import ALERTS, LEDGER

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Supposed:
    """A record that stands on no log."""

    value: bytes | None
    headers: Headers
    topic: str = LEDGER
    partition: int = 0
    offset: int = 0
    key: bytes | None = None


def twin_for(state: State, asked: WhatIf) -> State:
    """Of the customers whom it may concern: small, whatever the state holds."""
    return twin(state, _customers(state, asked))


def moves(state: State, asked: WhatIf) -> list[Move]:
    """`state` is a twin: it does not outlive the question."""
    rows = np.flatnonzero(state.portfolio.exposures.arrays()["customer"] >= 0).astype(np.int32)
    before = score(state.portfolio, state.world, state.structure, rows, state.day)
    LedgerFold(state).take(_supposed(state, asked.record))
    after = score(state.portfolio, state.world, state.structure, rows, state.day)
    changed = np.flatnonzero(after.digest != before.digest) if asked.customer_ids is None else np.arange(len(rows))
    both = zip(*(shown(state.portfolio, scored.only(changed)) for scored in (before, after)), strict=True)
    return [_move(was, becomes, state.day) for was, becomes in both]


def told(past: Past) -> Told:
    """Each alert is acknowledged at once, so that none is reminded of; stock and licence cases of those days are not
    known."""
    fold = LedgerFold(empty(0))
    profile = ProfileRecord(customer_id=past.customer_id, version=1, profile=past.profile)
    return Told(items=tuple(_told(fold, past.changes, profile)))


def _told(fold: LedgerFold, changes: Sequence[Change], profile: ProfileRecord) -> Iterator[Message]:
    for number, change in enumerate(changes, 1):
        numbered = change.model_copy(update={"number": number, "quiet": number == 1})
        for output in fold.take(_record(numbered, Stamp(f"change/{number}", change.at, change.at, "change/1"))):
            if output.topic == ALERTS and output.key is not None:
                message = Message.model_validate_json(output.value or b"")
                _acknowledge(fold, message, change.at)
                yield message
        if number == 1:
            fold.take(_record(profile, Stamp("profile", change.at, change.at, "profile/1")))


def _acknowledge(fold: LedgerFold, message: Message, at: datetime) -> None:
    given = Acknowledgement(customer_id=message.customer_id or "", alert_id=message.alert_id or "", by="back-test")
    fold.take(_record(given, Stamp(message.message_id, at, at, "acknowledgement/1")))


def _customers(state: State, asked: WhatIf) -> list[int]:
    if asked.customer_ids is not None:
        found = (state.portfolio.find(customer_id) for customer_id in asked.customer_ids)
        return [customer for customer in found if customer is not None]
    if not isinstance(asked.record, Change):
        customer = state.portfolio.find(asked.record.customer_id)
        return [] if customer is None else [customer]
    owners: list[int] = np.unique(state.portfolio.exposures.customer[_rows(state, asked.record)]).tolist()
    return owners


def _rows(state: State, change: Change) -> Rows:
    world = world_of(state)
    moved = [world.put_measure(measure) for measure in change.measures]
    for signal in change.signals:
        shock = Shock.of(signal, signal.id, state.day)
        if shock is not None and shock.hear(signal):
            moved.append(world.put_shock(signal.id, shock))
    listed = [rows_under(state.portfolio, world, measure) for measure in change.measures if measure.entities]
    return np.concatenate([NO_ROWS, rows_moved(state.portfolio, world, union(*moved)), *listed])


def _supposed(state: State, record: LedgerRecord) -> Incoming:
    """Taken at the state's own time, so that no clock runs."""
    now = _EPOCH + timedelta(microseconds=state.now)
    if isinstance(record, Change):
        record = record.model_copy(update={"number": state.change + 1, "quiet": False})
    return _record(record, Stamp("what-if", now, now, f"{record.kind}/1"))


def _record(record: BaseModel, stamp: Stamp) -> Supposed:
    return Supposed(to_json(record), stamp.headers())


def _move(was: Shown, becomes: Shown, day: int) -> Move:
    return Move(
        customer_id=was.customer_id,
        material=was.material,
        before=was.score,
        after=becomes.score,
        stockout_before=Stockout.model_validate(stockout_json(outlook(was, day))),
        stockout_after=Stockout.model_validate(stockout_json(outlook(becomes, day))),
    )

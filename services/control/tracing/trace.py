"""The way of one event, stage by stage, from what the projections hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.access import not_found
from services.control.customers.store import find as find_customer
from services.control.tables import facts, measures, risk_history, signals, silences
from services.control.tables import messages as said
from services.control.tracing import messages, moves
from services.control.tracing.reasons import Asked, reasons
from shared.contracts.customers import Customer, Silence
from shared.contracts.keys import KeyRecord
from shared.contracts.measures import Measure, MeasureRecord
from shared.contracts.signals import Dropped, Signal
from shared.contracts.traces import Accepted, Trace
from shared.domain.measures import record_at
from shared.http.problems import Problem

MOST_REPEATS = 10


async def trace(
    connection: AsyncConnection, key: KeyRecord, event_id: str, customer_id: str | None, now: datetime
) -> Trace:
    """`customer_id`: whose part is asked for; the key may see it.

    :raises Problem: 404, where nothing is known of the event, or of the customer.
    """
    stood = await _facts(connection, event_id)
    scores, scores_more = await moves.of_scores(connection, event_id, customer_id)
    told, messages_more = await messages.of_event(connection, key, event_id, customer_id)
    found = Trace(
        event_id=event_id,
        customer_id=customer_id,
        accepted=tuple(map(_accepted, stood)),
        classifier=next((record["classifier"] for record in map(_record, stood) if "classifier" in record), None),
        dropped=tuple(
            Dropped.model_validate(dropped) for fact in stood[-1:] for dropped in _record(fact).get("dropped", ())
        ),
        signals=tuple(await _signals(connection, event_id)),
        measures=tuple(await moves.of_measures(connection, event_id)),
        scores=tuple(scores),
        scores_more=scores_more,
        messages=tuple(told),
        messages_more=messages_more,
    )
    if not found.accepted:
        if (moved_at := _moved_at(found)) is None:
            raise _unknown(event_id)
        found = found.model_copy(update={"accepted": (await _by_what_it_moved(connection, event_id, moved_at),)})
    asked = None if customer_id is None else await _asked(connection, customer_id, found)
    return found.model_copy(update={"reasons": reasons(found, asked, now)})


async def _facts(connection: AsyncConnection, event_id: str) -> Sequence[Row[Any]]:
    statement = select(facts).where(facts.c.event_id == event_id).order_by(facts.c.position).limit(MOST_REPEATS)
    return (await connection.execute(statement)).all()


async def _signals(connection: AsyncConnection, event_id: str) -> list[Signal]:
    statement = select(signals.c.record).where(signals.c.event_id == event_id).order_by(signals.c.id)
    return [Signal.model_validate_json(row.record) for row in await connection.execute(statement)]


def _unknown(event_id: str) -> Problem:
    return Problem(
        404,
        f"nothing is known of an event {event_id}: was it accepted under this id, and can this key see it? It may be "
        "a moment away; news in which nothing about supply was read leaves no trace (POST /v1/classify on ingest says "
        "what is read in a text), and a customer's own record shows once it has moved a score or an alert",
    )


def _moved_at(found: Trace) -> datetime | None:
    """Whatever came of an event carries the instant at which it was accepted."""
    moved = [
        *(message.at for message in found.messages),
        *(score.at for score in found.scores),
        *(measure.at for measure in found.measures),
    ]
    return moved[0] if moved else None


async def _by_what_it_moved(connection: AsyncConnection, event_id: str, at: datetime) -> Accepted:
    """A customer's own record, a profile, a silence, a tick: none of them is kept, what they moved says what it was."""
    statement = union_all(
        *(
            select(moved.c.received_at, moved.c.caused_by).where(moved.c.event_id == event_id).limit(1)
            for moved in (risk_history, said)
        )
    )
    row = (await connection.execute(statement)).first()
    caused_by = row.caused_by if row else None
    named = event_id if event_id.startswith("tick/") else caused_by or "own_record"
    return Accepted(kind=named.split("/")[0], accepted_at=at, received_at=row.received_at if row else None)


def _record(fact: Row[Any]) -> dict[str, Any]:
    record: dict[str, Any] = orjson.loads(fact.record)
    return record


def _accepted(fact: Row[Any]) -> Accepted:
    record = _record(fact)
    source = record.get("source") or {}
    return Accepted(
        kind=fact.kind,
        accepted_at=fact.accepted_at,
        received_at=fact.received_at,
        source=source.get("name") or record.get("by"),
        title=record.get("title")
        or record.get("act")
        or record.get("measure_id")
        or record.get("signal_id")
        or record.get("material"),
        url=record.get("url") or source.get("url"),
        history=fact.quiet,
    )


async def _asked(connection: AsyncConnection, customer_id: str, found: Trace) -> Asked | None:
    """:raises Problem: 404, for a customer that is not there; where it was, its messages still speak."""
    customer = await find_customer(connection, customer_id)
    if customer is None:
        if found.messages:
            return None
        raise not_found("customer", customer_id)
    if found.messages:
        return Asked(customer, {}, ())
    return Asked(customer, await _measures_then(connection, found), await _silences_of(connection, customer))


async def _measures_then(connection: AsyncConnection, found: Trace) -> dict[str, Measure]:
    moved_at = {move.id: move.at for move in found.measures}
    then: dict[str, Measure] = {}
    for row in await connection.execute(select(measures).where(measures.c.id.in_(moved_at))):
        record = MeasureRecord.model_validate_json(row.record)
        then[row.id] = record_at(record, moved_at[row.id], moved_at[row.id]) or record.measure
    return then


async def _silences_of(connection: AsyncConnection, customer: Customer) -> list[Silence]:
    own = or_(silences.c.customer_id == customer.id, silences.c.customer_id.is_(None))
    rows = await connection.execute(select(silences.c.record).where(own).order_by(silences.c.id))
    return [Silence.model_validate_json(row.record) for row in rows]

"""What is told on `deliveries`."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from services.dispatcher.outcomes import Disabled, Notice, Outcome, Turned
from shared.contracts.base import rfc3339, to_json
from shared.contracts.deliveries import EndpointCircuit, EndpointDisabled
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import DELIVERIES, partition_of


def tell(outcome: Outcome) -> Outgoing:
    delivery, settled, reply = outcome.delivery, outcome.settled, outcome.reply
    letter = delivery.letter
    attempt = {  # as `to_json` writes an `Attempt`, which takes eight times as long to make
        "kind": "attempt",
        "delivery_id": delivery.delivery_id,
        "message_id": letter.message_id,
        "endpoint_id": delivery.endpoint_id,
        "customer_id": letter.customer_id,
        "type": letter.type,
        "sequence": letter.sequence,
        "attempt": settled.attempts,
        "replay": delivery.replay,
        "at": rfc3339(reply.at),
        "latency_ms": round(reply.latency_s * 1_000, 3),
        "status": settled.status,
        "error": settled.error,
        "response_head": reply.head,
        "state": settled.state,
        "next_attempt_at": None if settled.next_at is None else rfc3339(datetime.fromtimestamp(settled.next_at, UTC)),
    }
    written = orjson.dumps({name: value for name, value in attempt.items() if value is not None})
    unattempted = f"/{settled.state}" if settled.state in {"cancelled", "collapsed"} else ""
    stamp = Stamp(
        event_id=f"{delivery.delivery_id}/{settled.attempts}{unattempted}",
        accepted_at=letter.accepted_at,
        received_at=letter.received_at,
        schema="attempt/1",
        traceparent=letter.traceparent,
    )
    key = letter.customer_id or delivery.endpoint_id
    return Outgoing(DELIVERIES, key.encode(), written, stamp.headers(), letter.partition)


def tell_notice(notice: Notice, partitions: int) -> Outgoing:
    about = {"endpoint_id": notice.endpoint_id, "customer_id": notice.customer_id, "at": notice.at}
    record: EndpointDisabled | EndpointCircuit
    match notice:
        case Disabled():
            record = EndpointDisabled.model_validate(about | {"reason": notice.reason})
            cause = f"{notice.endpoint_id}/{notice.version}/disabled"
        case Turned():
            record = EndpointCircuit.model_validate(about | {"circuit": notice.circuit})
            cause = f"{notice.endpoint_id}/{rfc3339(notice.at)}/{notice.circuit.state}"
    stamp = Stamp(event_id=cause, accepted_at=notice.at, received_at=notice.at, schema=f"{record.kind}/1")
    partition = 0 if notice.customer_id is None else partition_of(notice.customer_id, partitions)
    key = notice.customer_id or notice.endpoint_id
    return Outgoing(DELIVERIES, key.encode(), to_json(record), stamp.headers(), partition)


def pack(records: Sequence[Outgoing]) -> str | None:
    if not records:
        return None
    return orjson.dumps(
        [
            [_text(r.key), _text(r.value), [[name, value.decode()] for name, value in r.headers], r.partition]
            for r in records
        ]
    ).decode()


def unpack(packed: str) -> list[Outgoing]:
    return [
        Outgoing(DELIVERIES, key.encode(), value.encode(), [(name, text.encode()) for name, text in headers], partition)
        for key, value, headers, partition in orjson.loads(packed)
    ]


def _text(value: bytes | None) -> str:
    return (value or b"").decode()

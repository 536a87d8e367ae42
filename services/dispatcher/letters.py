"""What is sent: a letter (the same bytes at every endpoint, attempt and replay) and its deliveries, one an endpoint."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import orjson
from pydantic import Field, StringConstraints, ValidationError

from shared.contracts.alerts import Body, MessageType
from shared.contracts.base import Identifier, Severity, Wire, to_json
from shared.kafka.record import DeadLetter, Incoming, Stamp


@dataclass(frozen=True, slots=True)
class Letter:
    message_id: str
    partition: int
    number: int | None
    """The message's number on its `alerts` partition; none for what is sent on command."""
    customer_id: str | None
    type: str
    severity: Severity | None
    materials: tuple[str, ...]
    sequence: int | None
    accepted_at: datetime
    received_at: datetime
    traceparent: str | None
    body: bytes
    alert_id: str | None = None
    """As it came; not kept."""


@dataclass(slots=True)
class Delivery:
    """One letter to one endpoint, while this process holds it."""

    delivery_id: str
    endpoint_id: str
    letter: Letter
    in_line: bool = False
    """A later message of the same customer waits for this one."""
    attempts: int = 0
    """Made so far, as far as is durable."""
    schedule_from: int = 0
    """Attempts made before a retry that was asked for began the schedule anew."""
    replay: bool = False
    skipped: tuple[int, ...] = ()
    """Sequences of the dead ones before it in its line."""
    alert_id: str | None = None
    """Set where deliveries about one alert that wait give way to the newest."""
    collapsed: tuple[int, ...] = ()
    """Sequences of those that gave way to it."""

    def ids(self) -> dict[str, str | None]:
        """For whoever writes or traces what becomes of it."""
        return {
            "delivery_id": self.delivery_id,
            "endpoint": self.endpoint_id,
            "message_id": self.letter.message_id,
            "customer": self.letter.customer_id,
        }

    def marks(self) -> Iterator[tuple[str, str]]:
        """Headers that say what this delivery stands for besides its message."""
        if self.replay:
            yield "chokepoint-replay", "true"
        own = self.letter.sequence
        if before := [sequence for sequence in self.skipped if own is None or sequence < own]:  # a replay may go back
            yield "chokepoint-skipped", _listed(before)
        if self.collapsed:
            yield "chokepoint-collapsed", _listed(self.collapsed)


LISTED_AT_MOST = 100
"""Servers refuse a request whose headers take more than some kB."""


def _listed(sequences: Sequence[int]) -> str:
    """`4,5`; of more than fit the first, and how many there are besides: `4,5,…,103,+20`."""
    named = [str(sequence) for sequence in sequences[:LISTED_AT_MOST]]
    more = len(sequences) - len(named)
    return ",".join([*named, f"+{more}"] if more else named)


def addressed(message_id: str, partition: int, customer_id: str | None, body: Body, at: datetime) -> Letter:
    """A letter of our own, without a number: it goes to endpoints that are named, not matched by what they ask for."""
    return Letter(
        message_id=message_id,
        partition=partition,
        number=None,
        customer_id=customer_id,
        type=body.type,
        severity=None,
        materials=(),
        sequence=None,
        accepted_at=at,
        received_at=at,
        traceparent=None,
        body=to_json(body),
    )


def delivery_id(message_id: str, endpoint_id: str) -> str:
    """The same message and endpoint have the same id wherever they meet. A UUID of version 8: ours to derive."""
    drawn = hashlib.blake2b(f"{message_id}/{endpoint_id}".encode(), digest_size=16).hexdigest()
    return f"{drawn[:8]}-{drawn[8:12]}-8{drawn[13:16]}-{'89ab'[int(drawn[16], 16) & 3]}{drawn[17:20]}-{drawn[20:]}"


LARGEST = 2**63 - 1


class _Head(Wire):
    type: MessageType


class _Envelope(Wire):
    """`shared.contracts.alerts.Message` without its body, which is passed on as it came: a dispatcher older than the
    scorer must not drop what it does not know."""

    message_id: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,256}$")]
    customer_id: Identifier | None = None
    sequence: Annotated[int, Field(ge=1, le=LARGEST)] | None = None
    severity: Severity | None = None
    materials: tuple[str, ...] = ()
    alert_id: str | None = None
    body: _Head


class Unreadable(DeadLetter):
    """`number` is the message's, where at least that can be read."""

    def __init__(self, reason: str, number: int | None) -> None:
        super().__init__(reason)
        self.number = number


def read_letter(record: Incoming) -> Letter:
    """:raises Unreadable: the record is no message."""
    number: int | None = None
    try:
        raw = orjson.loads(record.value or b"")
        number = _number(raw)
        envelope = _Envelope.model_validate(raw)
        stamp = Stamp.read(record.headers)
        body = orjson.dumps(raw["body"])
    except DeadLetter as error:
        raise Unreadable(error.reason, number) from error
    except (orjson.JSONDecodeError, ValidationError, TypeError, ValueError) as error:
        raise Unreadable(f"no message: {_shape_only(error)}", number) from error
    return Letter(
        message_id=envelope.message_id,
        partition=record.partition,
        number=number,
        customer_id=envelope.customer_id,
        type=envelope.body.type,
        severity=envelope.severity,
        materials=envelope.materials,
        sequence=envelope.sequence,
        accepted_at=stamp.accepted_at,
        received_at=stamp.received_at,
        traceparent=stamp.traceparent,
        body=body,
        alert_id=envelope.alert_id,
    )


def _number(raw: Any) -> int:
    number = raw.get("number") if isinstance(raw, dict) else None
    if not isinstance(number, int) or not 1 <= number <= LARGEST:
        raise ValueError("`number` is no count from 1")
    return number


def _shape_only(error: Exception) -> str:
    """What is wrong without the values: a body must not reach logs or headers."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['type']}" for found in error.errors())
    return type(error).__name__ if isinstance(error, orjson.JSONDecodeError) else str(error)

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from aiokafka import TopicPartition
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.contracts.base import rfc3339

__all__ = ["DeadLetter", "Incoming", "Outgoing", "Stamp", "TopicPartition"]

Headers = Sequence[tuple[str, bytes]]


class Incoming(Protocol):
    """What the loop hands to a handler: aiokafka's `ConsumerRecord`, or any like it in a test."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None
    """Absent: by the key, as Kafka's own clients do."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The headers that every record carries, and that everything derived from it carries on."""

    event_id: str
    accepted_at: datetime
    """Domain time (contract section 10)."""
    received_at: datetime
    """Real time of acceptance, for metrics only."""
    schema: str
    """`<kind>/<version>`, e.g. `measure_change/1`."""
    traceparent: str | None = None
    quiet: bool = False
    """History written at the first start: state moves, nobody is told."""
    extra: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, headers: Headers) -> "Stamp":
        """:raises DeadLetter: where a header is missing or no instant."""
        found = dict(headers)
        try:
            return cls(
                event_id=found["event-id"].decode(),
                accepted_at=datetime.fromisoformat(found["accepted-at"].decode()),
                received_at=datetime.fromisoformat(found["received-at"].decode()),
                schema=found["schema"].decode(),
                traceparent=found["traceparent"].decode() if "traceparent" in found else None,
                quiet="quiet" in found,
            )
        except (KeyError, ValueError) as error:
            raise DeadLetter(f"headers: {error!r}") from error

    def headers(self) -> list[tuple[str, bytes]]:
        written = [
            ("event-id", self.event_id.encode()),
            ("accepted-at", rfc3339(self.accepted_at).encode()),
            ("received-at", rfc3339(self.received_at).encode()),
            ("schema", self.schema.encode()),
        ]
        if self.traceparent:
            written.append(("traceparent", self.traceparent.encode()))
        if self.quiet:
            written.append(("quiet", b"1"))
        written.extend(self.extra)
        return written


Stage = Literal["headers", "decode", "judge", "apply"]


class DeadLetter(Exception):
    """Raised for one record that cannot be understood; it goes to `<topic>.dlq` with its original bytes."""

    def __init__(self, reason: str, stage: Stage = "decode") -> None:
        super().__init__(reason)
        self.reason = reason
        self.stage: Stage = stage

    @classmethod
    def of(cls, error: ValidationError, what: str) -> "DeadLetter":
        """Every fault and where it is, but not what was sent."""
        return cls(f"no {what}: {'; '.join(map(_fault, error.errors(include_url=False, include_input=False)))}")


def _fault(found: ErrorDetails) -> str:
    said = found["type"] if found["type"] == "union_tag_invalid" else found["msg"]  # which repeats the tag
    return f"{'.'.join(map(str, found['loc'])) or 'record'}: {said}"


def dead_letter(record: Incoming, error: DeadLetter, service: str, at: datetime) -> Outgoing:
    """The original key, bytes and headers, and beside them why, where from and by whom."""
    notes = [
        ("dlq.reason", error.reason.encode()[:1_000]),
        ("dlq.stage", error.stage.encode()),
        ("dlq.source", f"{record.topic}/{record.partition}/{record.offset}".encode()),
        ("dlq.service", service.encode()),
        ("dlq.at", rfc3339(at).encode()),
    ]
    return Outgoing(
        topic=f"{record.topic}.dlq",
        key=record.key,
        value=record.value,
        headers=[*record.headers, *notes],
        partition=0,
    )

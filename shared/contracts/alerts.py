"""The body of a webhook and the record of `alerts` that carries it (contract section 7)."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.contracts.base import Instant, Severity, Wire
from shared.contracts.risk import Driver

AlertKind = Literal["measure", "signal", "score", "expiry", "licence"]
AlertStatus = Literal["open", "acknowledged", "resolved", "retracted"]
AlertType = Literal["alert.opened", "alert.updated", "alert.resolved", "alert.reminder"]
OperatorType = Literal["measure.changed", "measure.expiring", "endpoint.disabled"]
EndpointType = Literal["endpoint.test", "endpoint.heartbeat"]
MessageType = Literal[AlertType, EndpointType, OperatorType]
SCHEMA_VERSION = "1"


class Headline(Wire):
    stockout_on: date | None = None
    probability: float | None = None
    """Of running out within 30 days."""
    gap_days: float | None = None


class AlertEvidence(Wire):
    source: str
    url: str | None = None
    published_at: Instant
    text: str


class AlertData(Wire):
    id: str
    customer_id: str
    kind: AlertKind
    severity: Severity
    status: AlertStatus
    title: str
    summary: str
    headline: Headline = Headline()
    material: str | None = None
    score: float | None = None
    previous_score: float | None = None
    drivers: Annotated[tuple[Driver, ...], Field(max_length=10)] = ()
    drivers_more: int = 0
    evidence: Annotated[tuple[AlertEvidence, ...], Field(max_length=5)] = ()
    evidence_more: int = 0
    measures: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    """Refs."""
    measures_more: int = 0
    sequence: int
    revision: int
    opened_at: Instant
    updated_at: Instant
    links: dict[str, str]
    """`alert` and `explain`: paths on the control API."""


class Body(Wire):
    """What is signed and sent: `data` is an `AlertData` for alert types, fields of its own for every other type."""

    type: MessageType
    timestamp: Instant
    schema_version: Literal["1"] = "1"
    data: AlertData | dict[str, Any]


class Message(Wire):
    """The record of `alerts`. `number` counts 1, 2, 3 … per partition: a reader that has had it drops it.

    The fields beside `body` are what endpoints filter by, so that the dispatcher need not look into the body."""

    message_id: str
    number: int
    customer_id: str | None = None
    sequence: int | None = None
    alert_id: str | None = None
    cause: str | None = None
    """The id of the ledger record that caused it."""
    severity: Severity | None = None
    materials: tuple[str, ...] = ()
    body: Body

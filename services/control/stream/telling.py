"""What a record becomes on the stream: its name, its JSON, and whose it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter, ValidationError

from services.control.projections.projection import read
from shared.contracts.alerts import Message
from shared.contracts.base import to_json
from shared.contracts.deliveries import Attempt, DeliveryReport, EndpointCircuit, EndpointDisabled
from shared.contracts.risk import Risk
from shared.contracts.signals import Signal
from shared.kafka import topics
from shared.kafka.record import DeadLetter, Incoming

_REPORT: TypeAdapter[Attempt | EndpointDisabled | EndpointCircuit] = TypeAdapter(DeliveryReport)
_NOT_SHOWN = {"response_head"}
"""What a receiver answered is for who may read endpoints."""


@dataclass(frozen=True, slots=True)
class Told:
    event: str
    data: str
    customer_id: str | None = None
    """None: about no customer."""
    endpoint_id: str | None = None


def told(record: Incoming) -> Told | None:
    """None: it says nothing, or cannot be understood, which the projections set aside."""
    try:
        return _READ[record.topic](record)
    except (DeadLetter, ValidationError):
        return None


def _signal(record: Incoming) -> Told:
    return Told("signal", to_json(read(Signal, record.value or b"")).decode())


def _score(record: Incoming) -> Told:
    """No score: it is no exposure any more."""
    customer_id, _, material = (record.key or b"").decode(errors="replace").partition("/")
    if record.value is None:
        gone = _Gone(customer_id=customer_id, material=material)
        return Told("score", gone.model_dump_json(), customer_id)
    return Told("score", to_json(read(Risk, record.value)).decode(), customer_id)


class _Gone(BaseModel):
    customer_id: str
    material: str
    score: None = None


def _alert(record: Incoming) -> Told:
    message = read(Message, record.value or b"")
    return Told("alert", to_json(message.body).decode(), message.customer_id)


def _delivery(record: Incoming) -> Told:
    report = _REPORT.validate_json(record.value or b"")
    data = report.model_dump_json(exclude=_NOT_SHOWN, exclude_none=True)
    return Told("delivery", data, report.customer_id, report.endpoint_id)


_READ: Mapping[str, Callable[[Incoming], Told]] = {
    topics.SIGNALS: _signal,
    topics.RISK_SCORES: _score,
    topics.ALERTS: _alert,
    topics.DELIVERIES: _delivery,
}

"""Letters, endpoints and records as the tests of the dispatcher need them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
from cryptography.fernet import Fernet
from pydantic import SecretStr

from services.dispatcher.letters import Delivery, Letter, delivery_id
from services.dispatcher.receivers import Receiver, read_receiver
from shared.contracts.base import to_json
from shared.contracts.endpoints import EndpointConfig, EndpointRecord
from shared.kafka.record import Stamp
from shared.secrets import SecretSettings

SETTINGS = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def letter(number: int = 1, customer_id: str | None = "acme", partition: int = 0) -> Letter:
    return Letter(
        message_id=f"m-{partition}-{number}",
        partition=partition,
        number=number,
        customer_id=customer_id,
        type="alert.opened",
        severity="high",
        materials=(),
        sequence=number,
        accepted_at=MOMENT,
        received_at=MOMENT,
        traceparent=None,
        body=b"{}",
    )


def delivery(endpoint_id: str = "e-1", number: int = 1, partition: int = 0) -> Delivery:
    sent = letter(number, partition=partition)
    return Delivery(delivery_id(sent.message_id, endpoint_id), endpoint_id, sent)


def receiver(endpoint_id: str = "e-1", version: int = 1, **config: object) -> Receiver:
    asked: Mapping[str, object] = {"customer_id": "acme", "url": "https://hooks.example/in"} | config
    record = EndpointRecord(
        id=endpoint_id, version=version, config=EndpointConfig.model_validate(asked), created_at=MOMENT, secrets=()
    )
    return read_receiver(to_json(record), SETTINGS)


@dataclass
class Record:
    value: bytes | None
    offset: int = 0
    topic: str = "alerts"
    partition: int = 0
    key: bytes | None = None
    headers: list[tuple[str, bytes]] = field(default_factory=Stamp("cause", MOMENT, MOMENT, "message/1").headers)


def message(number: int, offset: int | None = None, partition: int = 0, **changes: object) -> Record:
    fields = {
        "message_id": f"m-{partition}-{number}",
        "number": number,
        "customer_id": "acme",
        "sequence": number,
        "severity": "high",
        "materials": [],
        "body": {"type": "alert.opened", "data": {"sequence": number}},
    }
    return Record(orjson.dumps(fields | changes), number - 1 if offset is None else offset, partition=partition)

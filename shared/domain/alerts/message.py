"""The record of `alerts`, encoded: the bytes of the contract's models, without building them (a test compares)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from shared.contracts.alerts import SCHEMA_VERSION, MessageType
from shared.domain.alerts.alert import Alert
from shared.domain.alerts.meaning import Exposed, summary
from shared.domain.alerts.severity import SEVERITIES
from shared.domain.alerts.telling import Telling
from shared.domain.risk.drivers import Part
from shared.domain.risk.record import drivers_json

LARGEST = 19_500
_DRIVERS, _EVIDENCE, _MEASURES = 10, 5, 20
_LONGEST = 600
"""Characters of a title or a quoted text."""

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is the same for every message of one record."""

    record_id: str
    timestamp: str


class Addressed(NamedTuple):
    message_id: str
    number: int
    customer_id: str
    sequence: int
    alert_id: str
    type: MessageType
    severity: int
    opened_at: str


def alert_message(
    envelope: Envelope, to: Addressed, alert: Alert, telling: Telling, exposed: Exposed | None, drivers: Sequence[Part]
) -> bytes:
    data: Json = {
        "id": to.alert_id,
        "customer_id": to.customer_id,
        "kind": alert.kind,
        "severity": SEVERITIES[to.severity],
        "status": alert.status,
        "title": telling.title[:_LONGEST],
        "summary": summary(telling, exposed)[: 5 * _LONGEST],
        "headline": _headline(exposed),
        **_exposure(exposed),
        "drivers": drivers_json(list(drivers[:_DRIVERS])),
        "drivers_more": max(0, len(drivers) - _DRIVERS),
        "evidence": [{**found, "text": found["text"][:_LONGEST]} for found in telling.evidence[:_EVIDENCE]],
        "evidence_more": max(0, len(telling.evidence) - _EVIDENCE),
        "measures": telling.measures[:_MEASURES],
        "measures_more": max(0, len(telling.measures) - _MEASURES),
        "sequence": to.sequence,
        "revision": alert.revision,
        "opened_at": to.opened_at,
        "updated_at": envelope.timestamp,
        "links": {"alert": f"/v1/alerts/{to.alert_id}", "explain": f"/v1/alerts/{to.alert_id}/explain"},
    }
    message: Json = {
        "message_id": to.message_id,
        "number": to.number,
        "customer_id": to.customer_id,
        "sequence": to.sequence,
        "alert_id": to.alert_id,
        "cause": envelope.record_id,
        "severity": SEVERITIES[to.severity],
        "materials": alert.materials,
        "body": _body(to.type, envelope.timestamp, data),
    }
    encoded = orjson.dumps(message)
    if len(encoded) > LARGEST:  # perhaps its body alone is not
        message["body"] = orjson.Fragment(_fitting(to.type, envelope.timestamp, data))
        encoded = orjson.dumps(message)
    return encoded


def operator_message(
    envelope: Envelope, number: int, about: str, kind: MessageType, severity: int, materials: Sequence[str], data: Json
) -> bytes:
    return orjson.dumps(
        {
            "message_id": about,
            "number": number,
            "cause": envelope.record_id,
            "severity": SEVERITIES[severity],
            "materials": tuple(materials),
            "body": _body(kind, envelope.timestamp, data),
        }
    )


def _body(kind: MessageType, timestamp: str, data: Json) -> Json:
    return {"type": kind, "timestamp": timestamp, "schema_version": SCHEMA_VERSION, "data": data}


def _fitting(kind: MessageType, timestamp: str, data: Json) -> bytes:
    """Drops evidence until the body is within its limit; how much was dropped is said."""
    while len(body := orjson.dumps(_body(kind, timestamp, data))) > LARGEST and (kept := data["evidence"]):
        assert isinstance(kept, list)  # noqa: S101  # made above
        more = data["evidence_more"]
        data = data | {"evidence": kept[:-1], "evidence_more": int(more) + 1 if isinstance(more, int) else 1}
    return body


def _headline(exposed: Exposed | None) -> Json:
    if exposed is None or exposed.outlook.stockout_on is None:
        return {}
    seen = exposed.outlook
    headline: Json = {"stockout_on": seen.stockout_on.isoformat() if seen.stockout_on else None}
    headline["probability"] = seen.odds[0]
    if seen.gap_days is not None:
        headline["gap_days"] = seen.gap_days
    return headline


def _exposure(exposed: Exposed | None) -> Json:
    if exposed is None:
        return {}
    found: Json = {"material": exposed.material, "score": exposed.outlook.score}
    if exposed.previous_score is not None:
        found["previous_score"] = exposed.previous_score
    return found

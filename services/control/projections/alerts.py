"""`alerts` → every message, and each alert as its newest message has it."""

from typing import get_args

from sqlalchemy import ColumnElement, case, null
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.projections.bulk import Given, Line, insert_or_update, write
from services.control.projections.projection import caused_by, read
from services.control.tables import alerts, messages
from shared.contracts.alerts import AlertData, Message
from shared.contracts.base import Severity, to_json
from shared.kafka.record import Incoming, Stamp

_TRACED = ("alert_id", "event_id", "caused_by", "received_at")
_MESSAGES = insert_or_update(
    messages, ("partition", "number", "message_id", "customer_id", "sequence", "body", *_TRACED), change=_TRACED
)


def _acknowledged_still(given: Given) -> ColumnElement[bool]:
    """The scorer may not have heard yet that somebody acknowledged it. A graver word opens it anew, and once the alert
    is over, that is over too: what was opened since then is another."""
    no_graver = _gravity(given.severity) <= _gravity(alerts.c.severity)
    unheard = (given.status == "open") & no_graver & (given.opened_at == alerts.c.opened_at)
    return alerts.c.acknowledged_at.is_not(None) & ((given.status == "acknowledged") | unheard)


def _gravity(severity: ColumnElement[str]) -> ColumnElement[int]:
    return case({name: number for number, name in enumerate(get_args(Severity))}, value=severity)


_ALERTS = insert_or_update(
    alerts,
    ("id", "customer_id", "status", "severity", "opened_at", "partition", "number"),
    change=("severity", "opened_at", "partition", "number"),
    instead=lambda given: {
        "status": case((_acknowledged_still(given), "acknowledged"), else_=given.status),
        "acknowledged_by": case((_acknowledged_still(given), alerts.c.acknowledged_by), else_=null()),
        "acknowledged_at": case((_acknowledged_still(given), alerts.c.acknowledged_at), else_=null()),
    },
    where=lambda given: alerts.c.number < given.number,
)


class AlertsProjection:
    def __init__(self) -> None:
        self._messages: dict[tuple[int, int], Line] = {}
        self._alerts: dict[str, Line] = {}

    def take(self, record: Incoming) -> None:
        if record.value is None:
            return
        message, stamp = read(Message, record.value), Stamp.read(record.headers)
        where = {"partition": record.partition, "number": message.number}
        self._messages[record.partition, message.number] = where | {
            "message_id": message.message_id,
            "customer_id": message.customer_id,
            "sequence": message.sequence,
            "body": to_json(message.body).decode(),
            "alert_id": message.alert_id,
            "event_id": stamp.event_id,
            "caused_by": caused_by(record),
            "received_at": stamp.received_at,
        }
        if isinstance(alert := message.body.data, AlertData):
            self._alerts[alert.id] = where | {
                "id": alert.id,
                "customer_id": alert.customer_id,
                "status": alert.status,
                "severity": alert.severity,
                "opened_at": alert.opened_at,
            }

    async def write(self, connection: AsyncConnection) -> None:
        taken, self._messages = self._messages, {}
        newest, self._alerts = self._alerts, {}
        await write(connection, _MESSAGES, taken.values())
        await write(connection, _ALERTS, newest.values())

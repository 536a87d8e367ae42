"""What people are shown is kept for 90 days; what is not over yet, for longer."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from services.control import retention
from services.control.app import MIGRATIONS
from services.control.retention import forget
from services.control.tables import SCHEMA, alerts, audit, deliveries, messages, signals
from shared.database import migrate, open_engine
from shared.settings import DatabaseSettings
from tests.fixtures.box import Database

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def message(number: int, alert_id: str, age: int) -> dict[str, object]:
    where = {"partition": 0, "number": number, "message_id": f"m-{number}", "customer_id": "acme", "sequence": number}
    return where | {"body": "{}", "alert_id": alert_id, "received_at": days_ago(age)}


def alert(alert_id: str, number: int, status: str) -> dict[str, object]:
    about = {"id": alert_id, "customer_id": "acme", "status": status, "severity": "high", "opened_at": days_ago(200)}
    return about | {"partition": 0, "number": number}


def delivery(delivery_id: str, state: str, age: int) -> dict[str, object]:
    about = {"id": delivery_id, "endpoint_id": "e", "message_id": "m", "type": "alert.opened", "attempts": "{}"}
    return about | {"state": state, "first_at": days_ago(age)}


def signal(signal_id: str, age: int) -> dict[str, object]:
    return {"id": signal_id, "event_id": "e", "published_at": NOW, "accepted_at": days_ago(age), "record": "{}"}


async def test_what_is_older_than_90_days_goes_but_for_what_is_not_over(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    engine = open_engine(DatabaseSettings(database_url=SecretStr(postgres())), SCHEMA)
    line = {"at": days_ago(900), "key_id": "k", "key_name": "k", "action": "a", "subject": "s"}
    told = (
        (messages, [message(1, "over", 92), message(2, "over", 91), message(3, "open", 95), message(4, "open", 91)]),
        (messages, [message(5, "recent", 89)]),
        (alerts, [alert("over", 2, "resolved"), alert("open", 4, "open"), alert("recent", 5, "resolved")]),
        (deliveries, [delivery("old", "delivered", 91), delivery("due", "due", 91), delivery("new", "dead", 89)]),
        (signals, [signal("old", 91), signal("older", 92), signal("new", 89)]),
        (audit, [line]),
    )
    try:
        await migrate(engine, SCHEMA, MIGRATIONS)
        async with engine.begin() as connection:
            for table, rows in told:
                await connection.execute(insert(table), rows)
        await forget(engine, NOW, NOW)
        async with engine.connect() as connection:
            kept = [
                set(await connection.scalars(select(column)))
                for column in (messages.c.number, alerts.c.id, deliveries.c.id, signals.c.id, audit.c.subject)
            ]
    finally:
        await engine.dispose()
    assert kept == [{4, 5}, {"open", "recent"}, {"due", "new"}, {"new"}, {"s"}]

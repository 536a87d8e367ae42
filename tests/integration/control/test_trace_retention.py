"""What is kept of old traces."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from services.control.app import MIGRATIONS
from services.control.tables import SCHEMA, facts, risk_history
from services.control.tracing.retention import forget
from shared.database import migrate, open_engine
from shared.settings import DatabaseSettings
from tests.fixtures.box import Database

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


async def test_scores_go_after_90_days_but_for_the_one_that_they_begin_with_and_facts_after_400(
    postgres: Database,
) -> None:
    engine = open_engine(DatabaseSettings(database_url=SecretStr(postgres())), SCHEMA)
    try:
        await migrate(engine, SCHEMA, MIGRATIONS)
        exposure = {
            "customer_id": "acme",
            "material": "terbium",
            "event_id": "e",
            "record": "{}",
            "score": 1.0,
            "received_at": NOW,
        }
        fact = {"position": 1, "kind": "news", "received_at": NOW, "quiet": False, "record": "{}"}
        async with engine.begin() as connection:
            for position, age in enumerate((200, 100, 95, 10)):
                line = exposure | {"position": position, "accepted_at": days_ago(age)}
                await connection.execute(insert(risk_history).values(line))
            for age in (401, 399):
                await connection.execute(
                    insert(facts).values(fact | {"event_id": str(age), "accepted_at": days_ago(age)})
                )
        await forget(engine, NOW)
        async with engine.connect() as connection:
            scores = (await connection.scalars(select(risk_history.c.position))).all()
            kept = (await connection.scalars(select(facts.c.event_id))).all()
    finally:
        await engine.dispose()
    assert sorted(scores) == [2, 3]
    assert kept == ["399"]

"""What is kept of old traces."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from services.control import retention
from services.control.app import MIGRATIONS
from services.control.tables import SCHEMA, facts, measure_moves, risk_history
from shared.database import migrate, open_engine
from shared.settings import DatabaseSettings
from tests.fixtures.box import Database

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


async def test_scores_go_after_90_days_the_rest_after_400_and_the_one_that_what_is_kept_begins_with_stays(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
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
        move = {"measure_id": "CN-1", "event_id": "e", "state": "in_force", "confirmed": True, "belief": 0.99}
        fact = {"position": 1, "kind": "news", "received_at": NOW, "quiet": False, "record": "{}"}
        async with engine.begin() as connection:
            for position, age in enumerate((200, 120, 100, 95, 10)):
                line = exposure | {"position": position, "accepted_at": days_ago(age)}
                await connection.execute(insert(risk_history).values(line))
            for position, age in enumerate((900, 600, 500, 10)):
                line = move | {"position": position, "accepted_at": days_ago(age)}
                await connection.execute(insert(measure_moves).values(line))
            for age in (410, 401, 399):
                await connection.execute(
                    insert(facts).values(fact | {"event_id": str(age), "accepted_at": days_ago(age)})
                )
        await retention.forget(engine, NOW, NOW)
        async with engine.connect() as connection:
            scores = (await connection.scalars(select(risk_history.c.position))).all()
            moves = (await connection.scalars(select(measure_moves.c.position))).all()
            kept = (await connection.scalars(select(facts.c.event_id))).all()
    finally:
        await engine.dispose()
    assert sorted(scores) == [3, 4]
    assert sorted(moves) == [2, 3]
    assert kept == ["399"]

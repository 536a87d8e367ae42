"""What was committed reaches Kafka, in order, whatever happens in between: the outbox on a real database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control import outbox, tables
from services.control import relay as relays
from services.control.app import MIGRATIONS
from services.control.outbox_age import OutboxAge
from services.control.relay import Relay
from shared.database import migrate, open_engine
from shared.kafka.record import Outgoing
from shared.settings import DatabaseSettings
from tests.fixtures.box import Database

pytestmark = pytest.mark.integration
RUNBOOK = Path(__file__).parents[3] / "deploy/runbooks/OutboxWaits.md"
WHO_HOLDS_THE_LOCK = RUNBOOK.read_text().partition("```sql")[2].partition("```")[0]


class Broker:
    """Acknowledges unless it is away; `said` holds what it has, in order."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.here = asyncio.Event()
        self.here.set()
        self._came = asyncio.Condition()

    async def send(self, wave: Sequence[Outgoing]) -> None:
        await self.here.wait()
        self.said += [f"{record.topic} {(record.value or b'-').decode()}" for record in wave]
        async with self._came:
            self._came.notify_all()

    async def has(self, count: int) -> list[str]:
        async with asyncio.timeout(5), self._came:
            await self._came.wait_for(lambda: len(self.said) >= count)
        return self.said


@pytest.fixture
async def engine(postgres: Database) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(DatabaseSettings(database_url=SecretStr(postgres())), tables.SCHEMA)
    await migrate(engine, tables.SCHEMA, MIGRATIONS)
    yield engine
    await engine.dispose()


async def commit(engine: AsyncEngine, *values: str, topic: str = "ledger") -> None:
    async with engine.begin() as connection:
        await outbox.put(
            connection, [Outgoing(topic, b"acme", value.encode(), [("event-id", b"x")]) for value in values]
        )


async def waiting(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(tables.outbox))).scalar_one()


async def ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_is_committed_is_on_kafka_when_the_wait_returns_and_gone_from_the_outbox(
    engine: AsyncEngine,
) -> None:
    broker = Broker()
    relay = Relay(engine, broker.send)
    task = asyncio.create_task(relay.run())
    await relay.leads.wait()
    await commit(engine, "1", "2")
    await relay.published(within_s=5)
    assert broker.said == ["ledger 1", "ledger 2"]
    assert await waiting(engine) == 0
    await ended(task)


async def test_what_an_earlier_run_left_is_published_at_the_start_and_first(engine: AsyncEngine) -> None:
    await commit(engine, *map(str, range(outbox.BATCH + 7)))
    broker = Broker()
    task = asyncio.create_task(Relay(engine, broker.send).run())
    said = await broker.has(outbox.BATCH + 7)
    assert said == [f"ledger {number}" for number in range(outbox.BATCH + 7)]
    await ended(task)


async def test_a_change_that_is_rolled_back_tells_nobody(engine: AsyncEngine) -> None:
    broker = Broker()
    relay = Relay(engine, broker.send)
    task = asyncio.create_task(relay.run())
    await relay.leads.wait()
    async with engine.connect() as connection:
        await outbox.put(connection, [Outgoing("ledger", b"acme", b"never")])
        await connection.rollback()
    await commit(engine, "after")
    await relay.published(within_s=5)
    assert broker.said == ["ledger after"]
    await ended(task)


async def test_while_the_broker_is_away_answers_do_not_wait_for_it_and_nothing_is_lost(engine: AsyncEngine) -> None:
    broker = Broker()
    relay = Relay(engine, broker.send)
    task = asyncio.create_task(relay.run())
    await relay.leads.wait()
    broker.here.clear()
    await commit(engine, "1")
    await relay.published(within_s=0.05)
    await commit(engine, "2")
    assert broker.said == []
    broker.here.set()
    assert await broker.has(2) == ["ledger 1", "ledger 2"]
    await ended(task)


async def test_a_relay_that_died_before_it_could_note_it_says_the_same_again(engine: AsyncEngine) -> None:
    await commit(engine, "1")
    first, second = Broker(), Broker()

    async def send_and_die(wave: Sequence[Outgoing]) -> None:
        await first.send(wave)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Relay(engine, send_and_die).run()
    task = asyncio.create_task(Relay(engine, second.send).run())
    assert await second.has(1) == first.said
    await ended(task)


async def test_of_two_copies_one_publishes_for_both_until_it_ends(engine: AsyncEngine) -> None:
    broker = Broker()
    one, other = Relay(engine, broker.send), Relay(engine, broker.send)
    leading = asyncio.create_task(one.run())
    await one.leads.wait()
    following = asyncio.create_task(other.run())
    await commit(engine, "told by the notification alone")
    assert await broker.has(1) == ["ledger told by the notification alone"]
    assert not other.leads.is_set()
    async with engine.connect() as connection:
        assert len((await connection.execute(text(WHO_HOLDS_THE_LOCK))).all()) == 1
    await one.published(within_s=5)
    await ended(leading)
    await other.leads.wait()
    await commit(engine, "next")
    await other.published(within_s=5)
    assert broker.said[1:] == ["ledger next"]
    await ended(following)


async def test_a_statement_that_hangs_ends_the_relay_and_what_waits_grows_old_in_plain_sight(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "ANSWERED_WITHIN_S", 0.2)
    age = OutboxAge(engine)
    await age.look()
    assert age.seconds() == 0
    async with engine.begin() as before:
        await before.execute(
            text("INSERT INTO outbox (topic, key, headers, since) VALUES ('ledger', '', '[]', now() - interval '40 s')")
        )
    async with engine.begin() as holder:
        await holder.execute(text("SELECT 1 FROM outbox FOR UPDATE"))
        with pytest.raises(ConnectionResetError, match="does not answer the relay"):
            await Relay(engine, Broker().send).run()
        await age.look()
        assert 40 <= age.seconds() < 60
    broker = Broker()
    task = asyncio.create_task(Relay(engine, broker.send).run())
    assert await broker.has(1) == ["ledger -"]
    await ended(task)


async def test_a_session_whose_network_is_gone_does_not_hold_the_lock_for_hours(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        said = [await connection.scalar(text(f"SHOW tcp_keepalives_{name}")) for name in ("idle", "interval", "count")]
    assert said == ["30", "10", "3"]

"""Kafka and PostgreSQL in the box: what a start, a kill and a second start do to what was written."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from shared.kafka.producer import LARGEST_RECORD, open_producer, send_all
from shared.kafka.record import Outgoing
from shared.settings import KafkaSettings
from tests.fixtures.box import Database, broker, database

pytestmark = pytest.mark.integration

GIVES_UP_MS = 5_000
"""A client that asks for a topic that there is not: instead of 40 s."""


async def test_a_record_comes_back_and_topics_are_never_made_by_accident(kafka: str) -> None:
    async with _admin(kafka) as admin:
        await admin.create_topics([NewTopic("box-made", 1, 1)])
        await _send(kafka, "box-made", b"first")
        assert await _read(kafka, "box-made", 1) == [b"first"]
        with pytest.raises(UnknownTopicOrPartitionError):
            await _send(kafka, "box-mistyped", b"lost")
        assert "box-mistyped" not in await admin.list_topics()


async def test_the_largest_record_that_a_producer_of_ours_lets_through_is_taken(kafka: str) -> None:
    async with _admin(kafka) as admin:
        await admin.create_topics([NewTopic("box-large", 1, 1)])
    producer = open_producer(KafkaSettings(kafka_bootstrap_servers=kafka), "box")
    await producer.start()
    large = os.urandom(LARGEST_RECORD - 200)  # what no compression makes smaller
    await send_all(producer, [Outgoing("box-large", b"k", large, partition=0)])
    await producer.stop()
    assert await _read(kafka, "box-large", 1) == [large]


async def test_each_database_is_a_new_one_and_wants_its_password(postgres: Database) -> None:
    url = postgres()
    assert url != postgres()
    connection = await _connect(url)
    assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    await connection.close()
    host = url.rpartition("@")[2]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://chokepoint:wrong@{host}")


def test_nothing_listens_beyond_this_machine(kafka: str, postgres: Database) -> None:
    ours = [process.pid for process in psutil.Process().children(recursive=True)]
    listening = [held for held in psutil.net_connections("tcp") if held.pid in ours and held.status == "LISTEN"]
    assert len(listening) >= 3
    addresses = {str(held.laddr.ip).removeprefix("::ffff:") for held in listening if held.laddr}
    assert addresses == {"127.0.0.1"}


async def test_a_killed_broker_comes_back_with_what_it_had_acknowledged(tmp_path: Path) -> None:
    with broker(tmp_path) as (bootstrap, pid):
        async with _admin(bootstrap) as admin:
            await admin.create_topics([NewTopic("t", 1, 1)])
        await _send(bootstrap, "t", b"before")
        os.kill(pid, signal.SIGKILL)
    with broker(tmp_path) as (bootstrap, _):
        await _send(bootstrap, "t", b"after")
        assert await _read(bootstrap, "t", 2) == [b"before", b"after"]


async def test_a_killed_database_comes_back_with_what_was_committed(tmp_path: Path) -> None:
    with database(tmp_path) as (url, pid):
        connection = await _connect(url)
        await connection.execute("create table kept (n int); insert into kept values (1)")
        os.kill(pid, signal.SIGKILL)
        connection.terminate()
    with database(tmp_path) as (url, _):
        connection = await _connect(url)
        assert await connection.fetchval("select n from kept") == 1
        await connection.close()


async def test_a_lock_file_that_names_a_stranger_does_not_keep_the_database_down(tmp_path: Path) -> None:
    with database(tmp_path):
        pass
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}/postgres\n")
    with database(tmp_path) as (url, _):
        await (await _connect(url)).close()


def test_a_start_that_was_cut_off_while_it_formatted_is_no_obstacle(tmp_path: Path) -> None:
    for half_done in (tmp_path / "kafka" / "new" / "log", tmp_path / "postgres.new"):
        half_done.mkdir(parents=True)
        (half_done / "half").write_text("done")
    with broker(tmp_path), database(tmp_path):
        pass


async def _connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(url.replace("+asyncpg", ""))


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _send(bootstrap: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", request_timeout_ms=GIVES_UP_MS) as producer:
        await producer.send_and_wait(topic, value)


async def _read(bootstrap: str, topic: str, wanted: int) -> list[bytes | None]:
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        async with asyncio.timeout(20):
            return [(await consumer.getone()).value for _ in range(wanted)]

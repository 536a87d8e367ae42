"""Kafka and PostgreSQL in the box: what a start, a kill and a second start do to what was written."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.cli.box.aot import cache_path
from services.cli.box.cache import cache_dir
from services.cli.box.free_ports import free_ports
from services.cli.box.jars import class_path, read_pins
from services.cli.box.kafka import KafkaBox
from services.cli.box.postgres import PostgresBox
from services.cli.supervisor.kept_secrets import database_password
from services.cli.supervisor.unprivileged import unprivileged_user
from shared.kafka.topics import ensure_topics
from tests.fixtures.box import Database, run_to_its_end, running

pytestmark = pytest.mark.integration


async def test_a_record_comes_back_and_topics_are_never_made_by_accident(kafka: str) -> None:
    await ensure_topics(kafka, partitions=2)
    await _send(kafka, "world", b"first")
    assert b"first" in await _read(kafka, "world", 1)
    async with _admin(kafka) as admin:
        assert "mistyped" not in await admin.list_topics()


async def test_each_database_is_a_new_one_and_wants_its_password(postgres: Database) -> None:
    url = postgres().replace("+asyncpg", "")
    assert url != postgres().replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
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
    with _broker(tmp_path) as (bootstrap, pid):
        async with _admin(bootstrap) as admin:
            await admin.create_topics([NewTopic("t", 1, 1)])
        await _send(bootstrap, "t", b"before")
        os.kill(pid, signal.SIGKILL)
    with _broker(tmp_path) as (bootstrap, _):
        await _send(bootstrap, "t", b"after")
        assert await _read(bootstrap, "t", 2) == [b"before", b"after"]


async def test_a_killed_database_comes_back_with_what_was_committed(tmp_path: Path) -> None:
    with _database(tmp_path) as (url, pid):
        connection = await asyncpg.connect(url)
        await connection.execute("create table kept (n int); insert into kept values (1)")
        os.kill(pid, signal.SIGKILL)
        connection.terminate()
    with _database(tmp_path) as (url, _):
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("select n from kept") == 1
        await connection.close()


async def test_a_lock_file_that_names_a_stranger_does_not_keep_the_database_down(tmp_path: Path) -> None:
    with _database(tmp_path):
        pass
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}/postgres\n")
    with _database(tmp_path) as (url, _):
        await (await asyncpg.connect(url)).close()


def test_a_start_that_was_cut_off_while_it_formatted_is_no_obstacle(tmp_path: Path) -> None:
    for half_done in (tmp_path / "kafka" / "new" / "log", tmp_path / "postgres.new"):
        half_done.mkdir(parents=True)
        (half_done / "half").write_text("done")
    with _broker(tmp_path), _database(tmp_path):
        pass


@contextmanager
def _broker(place: Path) -> Iterator[tuple[str, int]]:
    folder = cache_dir(os.environ) / "kafka"
    jars = class_path(read_pins(), folder)
    broker_port, controller_port = free_ports(2)
    box = KafkaBox(place / "kafka", jars, broker_port, controller_port, cache_path(folder, jars))
    box.lay_out()
    if spec := box.format():
        run_to_its_end(spec)
        box.adopt()
    with running(box.broker(), place / "kafka.log") as process:
        yield f"127.0.0.1:{broker_port}", process.pid


@contextmanager
def _database(place: Path) -> Iterator[tuple[str, int]]:
    (port,) = free_ports(1)
    box = PostgresBox(place / "postgres", port, database_password(place), unprivileged_user())
    if not box.initialised:
        for spec, stdin in box.initialise():
            run_to_its_end(spec, stdin)
        box.adopt()
    box.lay_out()
    with running(box.server(), place / "postgres.log") as process:
        yield box.url.replace("+asyncpg", ""), process.pid


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _send(bootstrap: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait(topic, value)


async def _read(bootstrap: str, topic: str, wanted: int) -> list[bytes | None]:
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        async with asyncio.timeout(20):
            return [(await consumer.getone()).value for _ in range(wanted)]

"""A cluster with TLS and a log-in: every client of ours is let in by settings alone, and says why where it is not."""

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from pathlib import Path

import pytest

from services.cli.box.free_ports import free_ports
from shared.kafka.connection import BrokerRefuses
from shared.kafka.faust_consumer import FaustLoop
from shared.kafka.loop import Assigned, Loop
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Incoming, Outgoing, TopicPartition
from shared.kafka.table import Table
from shared.kafka.topics import CUSTOMERS, EVENTS_NEWS, LEDGER, ensure_topics
from shared.settings import ServiceSettings
from tests.faults.certificates import Authority
from tests.fixtures.secured_broker import PASSWORD, USER, secured_broker

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings, as a service is given them, with which the broker lets one in; its topics are made with them."""
    place = tmp_path_factory.mktemp("secured")
    authority = Authority(place, "the cluster's own")
    with secured_broker(place, authority) as bootstrap:
        given = {
            "CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "CHOKEPOINT_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "CHOKEPOINT_KAFKA_CA_FILE": str(authority.trusted),
            "CHOKEPOINT_KAFKA_USERNAME": USER,
            "CHOKEPOINT_KAFKA_PASSWORD": PASSWORD,
            "CHOKEPOINT_PARTITIONS": "2",
        }
        made = _process("services.cli.groundwork", given | {"CHOKEPOINT_DATA_DIR": str(place)})
        assert made.returncode == 0, made.stderr
        yield given


def _process(module: str, given: dict[str, str], within_s: float = 20) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", module]
    return subprocess.run(  # noqa: S603
        command, env=os.environ | given, capture_output=True, text=True, timeout=within_s, check=False
    )


def _settings(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> ServiceSettings:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return ServiceSettings(port=1)


class Reader:
    def __init__(self) -> None:
        self.came = asyncio.Event()

    async def assigned(self, partition: Assigned) -> None: ...
    async def revoked(self, partitions: Collection[TopicPartition]) -> None: ...
    async def settled(self, tp: TopicPartition, next_offset: int) -> None: ...

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:
        self.came.set()
        return [Outgoing(CUSTOMERS, record.key, record.value) for record in records if tp.topic == LEDGER]


async def test_the_loop_the_table_and_faust_are_let_in(
    secured: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = _settings(monkeypatch, secured)
    producer = open_producer(settings, "test")
    await producer.start()
    plain, on_faust = Reader(), Reader()
    told = asyncio.Event()
    table: Table[str] = Table(settings, CUSTOMERS, bytes.decode, on_change=lambda *_: told.set())
    loop = Loop(settings, group="plain", topics=[LEDGER], handler=plain, producer=producer)
    faust = FaustLoop(settings, group="faust", topics=[EVENTS_NEWS], handler=on_faust)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        following = tasks.create_task(table.run())
        tasks.create_task(loop.run())
        tasks.create_task(faust.run())
        await send_all(producer, [Outgoing(LEDGER, b"k", b"said", partition=0), Outgoing(EVENTS_NEWS, b"k", b"news")])
        await plain.came.wait()
        await on_faust.came.wait()
        await told.wait()
        loop.stop()
        faust.stop()
        following.cancel()
    await producer.stop()


Start = Callable[[ServiceSettings], Awaitable[None]]


async def _producer(settings: ServiceSettings) -> None:
    producer = open_producer(settings, "test")
    try:
        await producer.start()
    finally:
        await producer.stop()


async def _loop(settings: ServiceSettings) -> None:
    producer = open_producer(settings, "test")
    try:
        await Loop(settings, group="g", topics=[LEDGER], handler=Reader(), producer=producer).run()
    finally:
        await producer.stop()


async def _table(settings: ServiceSettings) -> None:
    await Table(settings, CUSTOMERS, bytes.decode).run()


async def _faust(settings: ServiceSettings) -> None:
    await FaustLoop(settings, group="g", topics=[LEDGER], handler=Reader()).run()


@pytest.mark.parametrize("start", [ensure_topics, _producer, _loop, _table, _faust])
@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"CHOKEPOINT_KAFKA_PASSWORD": "wr0ng-one"}, "does not let chokepoint in: .*CHOKEPOINT_KAFKA_PASSWORD"),
        ({"CHOKEPOINT_KAFKA_CA_FILE": ""}, "not trusted .*CHOKEPOINT_KAFKA_CA_FILE"),
    ],
    ids=["wrong password", "untrusted certificate"],
)
async def test_who_is_not_let_in_says_which_setting_to_mend(
    secured: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    start: Start,
    other: dict[str, str],
    told: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = _settings(monkeypatch, secured | other)
    begun = time.monotonic()
    with pytest.raises(BrokerRefuses, match=told):
        await start(settings)
    assert time.monotonic() - begun < 5
    assert "wr0ng-one" not in caplog.text
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (
            {"SECURITY_PROTOCOL": "PLAINTEXT", "USERNAME": "", "PASSWORD": ""},
            "hangs up on PLAINTEXT: CHOKEPOINT_KAFKA_SECURITY_PROTOCOL",
        ),
        ({"SASL_MECHANISM": "SCRAM-SHA-256"}, "no log-in by SCRAM-SHA-256: set CHOKEPOINT_KAFKA_SASL_MECHANISM"),
        ({"CA_FILE": __file__}, "CHOKEPOINT_KAFKA_CA_FILE: no certificates in PEM"),
    ],
)
async def test_a_setting_that_does_not_fit_the_listener_is_named(
    secured: dict[str, str], monkeypatch: pytest.MonkeyPatch, other: dict[str, str], told: str
) -> None:
    renamed = {f"CHOKEPOINT_KAFKA_{name}": value for name, value in other.items()}
    with pytest.raises(BrokerRefuses, match=told):
        await ensure_topics(_settings(monkeypatch, secured | renamed))


def test_a_service_that_is_not_let_in_ends_with_one_line_that_says_why(secured: dict[str, str], tmp_path: Path) -> None:
    """Its password stands in a file, as in a container."""
    (tmp_path / "chokepoint_kafka_password").write_text("wr0ng-one\n")
    given = {name: value for name, value in secured.items() if not name.endswith("PASSWORD")}
    place = {"CHOKEPOINT_SECRETS_DIR": str(tmp_path), "CHOKEPOINT_PORT": str(free_ports(1)[0])}
    ended = _process("services.classifier", given | place)
    assert ended.returncode == 1
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    (why,) = [line["reason"] for line in lines if line["event"] == "ended"]
    assert "does not let chokepoint in" in why
    assert "wr0ng-one" not in ended.stdout + ended.stderr

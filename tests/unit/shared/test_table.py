"""A compacted topic held in memory: whoever may write into it cannot end those who read it."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared.kafka import table as tables
from shared.kafka.record import TopicPartition
from shared.kafka.table import Table
from shared.settings import ServiceSettings

TP = TopicPartition("customers", 0)


class Client:
    """Of aiokafka's consumer what a table needs: these records stand in the topic, and no more come."""

    def __init__(self, *records: tuple[bytes | None, bytes | None]) -> None:
        self._records: Sequence[Any] = [
            SimpleNamespace(key=key, value=value, offset=offset) for offset, (key, value) in enumerate(records)
        ]
        self._read = 0

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def assign(self, _: Sequence[TopicPartition]) -> None: ...
    async def seek_to_beginning(self, *_: TopicPartition) -> None: ...

    async def end_offsets(self, _: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return {TP: len(self._records)}

    async def position(self, _: TopicPartition) -> int:
        return self._read

    async def getmany(self, *_: object, **__: object) -> dict[TopicPartition, Sequence[Any]]:
        if self._read:
            await asyncio.Event().wait()
        self._read = len(self._records)
        return {TP: self._records}


async def read(monkeypatch: pytest.MonkeyPatch, *records: tuple[bytes | None, bytes | None]) -> dict[str, int]:
    monkeypatch.setattr(tables, "AIOKafkaConsumer", lambda **_: Client(*records))
    table = Table(ServiceSettings(port=1), TP.topic, int)
    following = asyncio.create_task(table.run())
    async with asyncio.timeout(5):
        await table.loaded()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    return table.rows


def passed_over() -> float:
    return REGISTRY.get_sample_value("chokepoint_dead_letters_total", {"topic": TP.topic}) or 0


async def test_the_newest_row_of_a_key_stands_until_its_tombstone(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = await read(monkeypatch, (b"a", b"1"), (b"b", b"2"), (b"a", b"3"), (b"b", None))
    assert rows == {"a": 3}


async def test_what_is_no_record_of_ours_is_passed_over_counted_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    before = passed_over()
    with capture_logs() as lines:
        rows = await read(monkeypatch, (b"a", b"1"), (b"\xff\xfe", b"2"), (b"a", b"no row"), (b"b", b"3"))
    assert rows == {"a": 1, "b": 3}
    assert passed_over() == before + 2
    assert [line["record"] for line in lines if line["log_level"] == "warning"] == ["customers/0/1", "customers/0/2"]


def test_the_first_that_is_passed_over_is_a_rise() -> None:
    Table(ServiceSettings(port=1), "never.followed", int)
    assert REGISTRY.get_sample_value("chokepoint_dead_letters_total", {"topic": "never.followed"}) == 0

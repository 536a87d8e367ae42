"""What shared/kafka/faust_app.py leans on beyond Faust's public names: if one of these fails after an upgrade,
read that file again before the version is moved."""

import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from faust.sensors.monitor import Monitor
from faust.tables.manager import TableManager
from faust.transport import consumer as base
from faust.transport.drivers import aiokafka as driver
from mode.services import ServiceTask


def parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_the_version_that_was_read_is_the_one_installed() -> None:
    assert version("faust-streaming") == "0.15.3"
    assert version("aiokafka") == "0.14.0"


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (driver.Consumer._drain_messages, ["self", "fetcher"]),
        (driver.Consumer._wait_next_records, ["self", "timeout"]),
        (driver.Consumer._filter_tps_with_pending_acks, ["self", "topics"]),
        (driver.Consumer._new_offset, ["self", "tp"]),
        (driver.Consumer._new_consumer_thread, ["self"]),
        (driver.Consumer.perform_seek, ["self"]),
        (driver.Consumer.on_partitions_assigned, ["self", "assigned", "generation_id"]),
        (driver.Consumer.on_partitions_revoked, ["self", "revoked"]),
        (driver.AIOKafkaConsumerThread._create_worker_consumer, ["self", "transport"]),
        (driver.AIOKafkaConsumerThread._ensure_consumer, ["self"]),
        (driver.AIOKafkaConsumerThread.call_thread, ["self", "fun", "args", "kwargs"]),
        (driver.Producer._settings_extra, ["self"]),
        (driver.Producer._ensure_producer, ["self"]),
        (TableManager._update_channels, ["self"]),
    ],
)
def test_the_private_names_that_are_overridden_or_called(function: Callable[..., Any], expected: list[str]) -> None:
    assert parameters(function) == expected


def test_the_timers_that_are_replaced_are_still_timers() -> None:
    for owner, name in (
        (base.Consumer, "_commit_handler"),
        (base.Consumer, "_commit_livelock_detector"),
        (Monitor, "_sampler"),
    ):
        assert isinstance(vars(owner)[name], ServiceTask)


def test_the_fetcher_reads_through_the_method_that_is_overridden() -> None:
    assert "consumer._drain_messages(self)" in inspect.getsource(vars(base.Fetcher)["_fetcher"].fun)


def test_what_is_committed_comes_from_the_two_methods_that_are_overridden() -> None:
    source = inspect.getsource(base.Consumer.force_commit) + inspect.getsource(
        base.Consumer._filter_committable_offsets
    )
    assert "self._filter_tps_with_pending_acks(topics)" in source
    assert "self._new_offset(tp)" in source


def test_the_committed_offsets_are_known_after_a_seek() -> None:
    assert "self._committed_offset.update" in inspect.getsource(base.Consumer.perform_seek)


def test_how_long_a_fetch_waits_is_read_when_the_consumer_starts() -> None:
    assert "fetch_max_wait_ms=self._fetch_max_wait_ms" in inspect.getsource(AIOKafkaConsumer.start)


def test_the_table_manager_still_begins_as_it_did() -> None:
    assert "await self.recovery.start()" in inspect.getsource(TableManager.on_start)

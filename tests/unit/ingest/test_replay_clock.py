"""On the replay clock time follows the events (contract section 10): never backwards, a tick ahead of each new day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from aiokafka.errors import KafkaTimeoutError

from services.ingest.testing import NDJSON, Ingest, lines
from services.ingest.time_source import ReplayedTime
from shared.clock import Clock
from shared.contracts.base import rfc3339
from shared.kafka.record import Stamp
from shared.settings import ClockSettings
from tests.unit.ingest.events import INVENTORY, MEASURE_CHANGE, NEWS, TRADE_FLOW, Json, but


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock.open(ClockSettings(data_dir=tmp_path, clock="replay", replay_from=datetime(2023, 1, 1, tzinfo=UTC)))


@pytest.fixture
async def ingest(clock: Clock) -> Ingest:
    return Ingest(ReplayedTime(clock))


def news(at: str) -> Json:
    return but(NEWS, id=f"at {at}", published_at=at)


def record_ids(ingest: Ingest) -> list[str]:
    """Ticks by their instant, events by their own id."""
    return [
        Stamp.read(record.headers).event_id
        if record.key and record.key.startswith(b"tick")
        else orjson.loads(record.value or b"")["id"]
        for record in ingest.producer.records
    ]


async def test_accepted_at_is_the_newest_events_own_time(ingest: Ingest, clock: Clock) -> None:
    await ingest.post(news("2023-01-01T10:00:00Z"))
    assert Stamp.read(ingest.producer.records[0].headers).accepted_at == datetime(2023, 1, 1, 10, tzinfo=UTC)
    assert clock.now() == datetime(2023, 1, 1, 10, tzinfo=UTC)


async def test_an_older_event_is_taken_now_and_time_stands_still(ingest: Ingest, clock: Clock) -> None:
    await ingest.post([news("2023-01-01T10:00:00Z"), news("2022-06-01T00:00:00Z")])
    assert {Stamp.read(record.headers).accepted_at for record in ingest.producer.records} == {clock.now()}


async def test_a_tick_stands_ahead_of_the_event_that_enters_another_day(ingest: Ingest) -> None:
    await ingest.post([news("2023-01-01T23:00:00Z"), news("2023-01-03T01:00:00Z"), news("2023-01-03T02:00:00Z")])
    assert record_ids(ingest) == [
        "at 2023-01-01T23:00:00Z",
        "tick/2023-01-02T00:00:00.000000Z",
        "tick/2023-01-03T00:00:00.000000Z",
        "at 2023-01-03T01:00:00Z",
        "at 2023-01-03T02:00:00Z",
    ]


async def test_a_tick_is_a_record_of_the_world(ingest: Ingest) -> None:
    await ingest.post(news("2023-01-02T00:00:00Z"))
    tick = ingest.producer.records[0]
    midnight = datetime(2023, 1, 2, tzinfo=UTC)
    assert (tick.topic, tick.partition, tick.key) == ("world", 0, b"tick/2023-01-02T00:00:00.000000Z")
    told = {"kind": "tick", "at": rfc3339(midnight), "step_to": rfc3339(midnight)}
    assert orjson.loads(tick.value or b"") == told
    stamp = Stamp.read(tick.headers)
    assert (stamp.schema, stamp.accepted_at) == ("tick/1", midnight)


async def test_an_acts_own_time_is_the_start_of_its_day_where_it_was_issued(ingest: Ingest, clock: Clock) -> None:
    await ingest.post(but(MEASURE_CHANGE, announced_on="2023-07-03", effective_on="2023-08-01"))
    assert clock.now() == datetime(2023, 7, 2, 16, tzinfo=UTC)


async def test_a_flows_own_time_is_the_end_of_its_period(ingest: Ingest, clock: Clock) -> None:
    await ingest.post(but(TRADE_FLOW, period="2023-02", reporter="DE"))
    assert clock.now() == datetime(2023, 2, 28, 23, tzinfo=UTC)


async def test_a_step_over_400_days_is_rejected(ingest: Ingest, clock: Clock) -> None:
    answer = await ingest.post(news("2024-02-06T00:00:00Z"))
    assert answer.json()["errors"] == [
        {
            "loc": "published_at",
            "message": "lies more than 400 days after the replay clock (post what lies between first): "
            "it is 2023-01-01T00:00:00.000000Z",
        }
    ]
    assert clock.now() == datetime(2023, 1, 1, tzinfo=UTC)
    assert (await ingest.post(news("2024-02-05T00:00:00Z"))).status_code == 202


async def test_a_long_way_in_steps_is_allowed_even_in_one_request(ingest: Ingest) -> None:
    steps = [news(f"{year}-01-01T00:00:00Z") for year in (2024, 2025, 2026)]
    answer = await ingest.post(lines(*steps), NDJSON)
    assert answer.json()["accepted"] == 3
    assert len(ingest.producer.records) == 3 + 365 + 366 + 365


async def test_a_rejected_event_moves_no_time(ingest: Ingest, clock: Clock) -> None:
    await ingest.post(but(INVENTORY, as_of="2023-06-01T00:00:00Z", on_hand_kg=-1))
    assert clock.now() == datetime(2023, 1, 1, tzinfo=UTC)


async def test_what_was_never_written_did_not_move_the_kept_clock(ingest: Ingest, clock: Clock) -> None:
    ingest.producer.no_room = KafkaTimeoutError()
    assert (await ingest.post(news("2023-01-02T01:00:00Z"))).status_code == 503
    assert clock.now() == datetime(2023, 1, 1, tzinfo=UTC)
    ingest.producer.no_room = None
    await ingest.post(news("2023-01-02T01:00:00Z"))
    assert record_ids(ingest) == ["tick/2023-01-02T00:00:00.000000Z", "at 2023-01-02T01:00:00Z"]


async def test_a_restart_goes_on_where_time_stood(ingest: Ingest, clock: Clock) -> None:
    await ingest.post(news("2023-05-01T10:00:00Z"))
    restarted = Ingest(ReplayedTime(clock))
    await restarted.post(news("2023-05-01T09:00:00Z"))
    (record,) = restarted.producer.records
    assert Stamp.read(record.headers).accepted_at == datetime(2023, 5, 1, 10, tzinfo=UTC)


async def test_the_five_minutes_of_the_running_clock_do_not_apply(ingest: Ingest) -> None:
    tomorrow = rfc3339(datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=1, hours=3))
    assert (await ingest.post(news(tomorrow))).status_code == 202

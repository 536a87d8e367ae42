"""The replay clock follows the newest accepted event. Ahead of one that enters another day stand the days' ticks."""

from datetime import UTC, datetime
from pathlib import Path

from services.ingest.time_source import ReplayedTime
from shared.clock import Clock
from shared.contracts.changes import Tick
from shared.settings import ClockSettings


def replayed(folder: Path) -> ReplayedTime:
    return ReplayedTime(Clock.open(ClockSettings(data_dir=folder, clock="replay", replay_from=moment(1))))


def moment(day: int, hour: int = 0) -> datetime:
    return datetime(2023, 1, day, hour, tzinfo=UTC)


def test_each_midnight_on_the_way_is_a_tick_that_says_where_the_step_ends(tmp_path: Path) -> None:
    accepted_at, ahead = replayed(tmp_path).accept(moment(3, 9))
    ticks = [Tick.model_validate_json(record.value or b"") for record in ahead]
    assert accepted_at == moment(3, 9)
    assert [(tick.at, tick.step_to) for tick in ticks] == [(moment(2), moment(3, 9)), (moment(3), moment(3, 9))]


def test_an_older_event_is_accepted_now_and_moves_nothing(tmp_path: Path) -> None:
    time = replayed(tmp_path)
    time.accept(moment(3, 9))
    assert time.accept(moment(2)) == (moment(3, 9), [])

"""The clock of the contract's section 10, as its file makes it last over processes and starts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import clock as clock_module
from shared.clock import Clock, ClockError
from shared.settings import ClockSettings

REAL = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = datetime(2027, 1, 15, tzinfo=UTC)


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Real time as the test sets it: the last element."""
    times = [REAL]
    monkeypatch.setattr(clock_module, "real_now", lambda: times[-1])
    return times


def opened(folder: Path, clock: datetime | str | None = None) -> Clock:
    return Clock.open(ClockSettings.model_validate({"data_dir": folder, "clock": clock}))


def test_without_a_setting_it_is_real_time(tmp_path: Path, real: list[datetime]) -> None:
    assert opened(tmp_path).now() == REAL


def test_an_instant_starts_there_and_runs_on(tmp_path: Path, real: list[datetime]) -> None:
    clock = opened(tmp_path, LATER)
    real.append(REAL + timedelta(hours=3))
    assert clock.now() == LATER + timedelta(hours=3)


def test_the_same_instant_at_a_later_start_does_not_turn_time_back(tmp_path: Path, real: list[datetime]) -> None:
    opened(tmp_path, LATER)
    real.append(REAL + timedelta(hours=3))
    assert opened(tmp_path, LATER).now() == LATER + timedelta(hours=3)


def test_a_later_instant_at_a_later_start_jumps_ahead(tmp_path: Path, real: list[datetime]) -> None:
    opened(tmp_path, LATER)
    assert opened(tmp_path, LATER + timedelta(days=90)).now() == LATER + timedelta(days=90)


def test_time_that_a_tick_has_reached_never_comes_again(tmp_path: Path, real: list[datetime]) -> None:
    opened(tmp_path, LATER).reach(LATER + timedelta(minutes=1))
    clock = opened(tmp_path)
    assert clock.now() == LATER + timedelta(minutes=1)
    real.append(REAL + timedelta(hours=1))
    assert clock.now() == LATER + timedelta(hours=1, minutes=1)


def test_processes_of_a_start_without_a_setting_agree_whenever_each_of_them_opens_it(
    tmp_path: Path, real: list[datetime]
) -> None:
    opened(tmp_path, LATER).reach(LATER)
    real.append(REAL + timedelta(hours=1))
    ingest = opened(tmp_path)
    real.append(REAL + timedelta(hours=1, seconds=3))
    control = opened(tmp_path)
    assert ingest.now() == control.now() == LATER + timedelta(hours=1, seconds=3)


def test_a_start_without_a_setting_leaves_a_clock_behind_real_time(tmp_path: Path, real: list[datetime]) -> None:
    opened(tmp_path, REAL - timedelta(days=30))
    assert opened(tmp_path).now() == REAL


def test_replay_begins_where_it_is_told_and_follows_what_is_reached(tmp_path: Path) -> None:
    clock = opened(tmp_path, "replay")
    assert clock.now() == datetime(2023, 1, 1, tzinfo=UTC)
    clock.reach(LATER)
    clock.reach(LATER - timedelta(days=1))
    assert clock.now() == LATER
    assert opened(tmp_path, "replay").now() == LATER


def test_another_process_sees_the_time_that_replay_has_reached(tmp_path: Path) -> None:
    ingest, control = opened(tmp_path, "replay"), opened(tmp_path, "replay")
    ingest.reach(LATER)
    assert control.now() == LATER


@pytest.mark.parametrize(("first", "second"), [("replay", None), (None, "replay")])
def test_a_data_directory_keeps_its_kind_of_clock(tmp_path: Path, first: str | None, second: str | None) -> None:
    opened(tmp_path, first)
    with pytest.raises(ClockError, match="DATA_DIR"):
        opened(tmp_path, second)

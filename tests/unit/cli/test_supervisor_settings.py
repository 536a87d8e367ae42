"""What `make run` takes from the environment, and how it refuses."""

from pathlib import Path

import pytest

from services.cli.supervisor.settings import LARGEST_OFFSET, RunSettings, SettingWrong


def test_without_settings_everything_comes_in_the_box() -> None:
    settings = RunSettings.read({})
    assert settings.data_dir == Path(".data").resolve()
    assert not settings.data_dir_chosen
    assert (settings.port_offset, settings.seed, settings.clock) == (0, "timeline", None)
    assert settings.kafka_bootstrap_servers is None
    assert settings.database_url is None


def test_an_empty_setting_is_none() -> None:
    assert RunSettings.read({"DATA_DIR": "", "PORT_OFFSET": " ", "CLOCK": ""}) == RunSettings.read({})


def test_settings_count_under_their_long_names_too() -> None:
    long = RunSettings.read({"CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS": "k:9092", "CHOKEPOINT_CLOCK": "replay"})
    assert (long.kafka_bootstrap_servers, long.clock) == ("k:9092", "replay")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT_OFFSET", "-1"),
        ("PORT_OFFSET", "ten"),
        ("PORT_OFFSET", str(LARGEST_OFFSET + 1)),
        ("CHOKEPOINT_SEED", "some"),
        ("CLOCK", "tomorrow"),
        ("CLOCK", "2026-11-10T00:00:00"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("CHOKEPOINT_KAFKA_SECURITY_PROTOCOL", "SASL_SSL"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingWrong, match=name):
        RunSettings.read({name: value})


@pytest.mark.parametrize("clock", ["2026-11-10T00:00:00Z", "2026-11-10T00:00:00+08:00", "replay"])
def test_the_clock_is_an_instant_with_its_offset_or_replay(clock: str) -> None:
    assert RunSettings.read({"CLOCK": clock}).clock == clock


def test_a_database_password_stands_in_no_message() -> None:
    with pytest.raises(SettingWrong) as refused:
        RunSettings.read({"DATABASE_URL": "postgres://me:s3cret@db/x"})
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in repr(RunSettings.read({"DATABASE_URL": "postgresql+asyncpg://me:s3cret@db/x"}))

"""What the broker is told."""

from pathlib import Path

import pytest

from services.cli.box.kafka import KafkaBox
from services.cli.supervisor.spec import Listens


@pytest.fixture
def box(tmp_path: Path) -> KafkaBox:
    return KafkaBox(
        tmp_path / "kafka", (Path("/jars/a.jar"), Path("/jars/b.jar")), broker_port=19092, controller_port=19093
    )


def test_both_ports_are_this_machines_alone(box: KafkaBox) -> None:
    assert _settings(box)["listeners"] == "BROKER://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093"
    assert _settings(box)["advertised.listeners"] == "BROKER://127.0.0.1:19092"


def test_no_topic_comes_into_being_by_a_typing_error(box: KafkaBox) -> None:
    assert _settings(box)["auto.create.topics.enable"] == "false"


def test_a_group_that_was_away_for_a_year_goes_on_where_it_stood(box: KafkaBox) -> None:
    assert int(_settings(box)["offsets.retention.minutes"]) == 400 * 24 * 60


def test_paths_are_relative_so_that_any_folder_name_will_do(box: KafkaBox) -> None:
    assert _settings(box)["log.dirs"] == "log"
    assert box.broker().cwd == box.folder


def test_the_log_is_formatted_once(box: KafkaBox) -> None:
    box.lay_out()
    spec = box.format()
    assert spec is not None
    assert spec.cwd == box.folder / "new", "made beside its place, or a start that is cut off leaves a half-made log"
    (box.folder / "new" / "log").mkdir()
    (box.folder / "new" / "log" / "meta.properties").touch()
    box.adopt()
    assert box.format() is None


def test_what_a_killed_broker_left_in_its_scratch_folder_is_removed(box: KafkaBox) -> None:
    (box.folder / "tmp").mkdir(parents=True)
    (box.folder / "tmp" / "liblz4.so").touch()
    box.lay_out()
    assert list((box.folder / "tmp").iterdir()) == []


def test_java_sees_nothing_of_the_users_environment(box: KafkaBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx8g")
    spec = box.broker()
    assert "JAVA_TOOL_OPTIONS" not in spec.env
    assert spec.env["CLASSPATH"] == "/jars/a.jar:/jars/b.jar"
    assert spec.ready == Listens(19092)


def test_the_class_cache_is_used_where_there_is_one(tmp_path: Path) -> None:
    cache = tmp_path / "classes.aot"
    box = KafkaBox(tmp_path / "kafka", (), 1, 2, class_cache=cache)
    assert not any("AOTCache" in word for word in box.broker().argv)
    cache.touch()
    assert f"-XX:AOTCache={cache}" in box.broker().argv


def _settings(box: KafkaBox) -> dict[str, str]:
    box.lay_out()
    lines = (box.folder / "server.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

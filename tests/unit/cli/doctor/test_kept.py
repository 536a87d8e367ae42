"""The data directory and what an earlier run has left in it."""

import json
import os
from pathlib import Path

import pytest

from services.cli.doctor.kept import clock, left_behind, run, writable
from services.cli.supervisor.data_dir import held_data_dir, holder
from services.cli.supervisor.settings import RunSettings


def kept_clock(folder: Path, mode: str) -> Path:
    raw = {"mode": mode, "offset_s": 0.0, "reached": "2026-11-10T00:00:00Z"}
    (folder / "clock").write_text(json.dumps(raw))
    return folder


def test_a_folder_that_is_not_there_yet_is_no_fault_and_is_not_made(tmp_path: Path) -> None:
    assert writable(tmp_path / "new" / "data").state == "well"
    assert not (tmp_path / "new").exists()


def test_a_file_in_its_place_is(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert writable(tmp_path / "data").state == "broken"


def test_so_is_a_folder_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root, who runs the tests in a container, may write everywhere
    assert writable(tmp_path).state == "broken"
    assert writable(tmp_path / "data").state == "broken"


def test_a_lock_that_nobody_holds_is_no_run(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with held_data_dir(RunSettings.read({"DATA_DIR": str(tmp_path)})):
        assert holder(tmp_path) == str(os.getpid())
    assert holder(tmp_path) is None


@pytest.mark.parametrize(
    ("running", "has_dev_env", "state"),
    [("17", True, "well"), ("17", False, "odd"), (None, True, "odd"), (None, False, "well")],
)
def test_what_lock_and_dev_env_say_together(running: str | None, has_dev_env: bool, state: str) -> None:
    assert run(Path("/data"), running, has_dev_env=has_dev_env).state == state


def test_processes_that_were_left_are_named() -> None:
    (finding,) = left_behind(("postgres", "kafka"))
    assert "kafka, postgres" in finding.found
    assert not list(left_behind(()))


def test_the_clock_is_opened_as_the_next_start_would_and_stays_as_it_is(tmp_path: Path) -> None:
    before = kept_clock(tmp_path, "replay").joinpath("clock").read_bytes()
    assert clock(tmp_path, "replay").found == "replay, 2026-11-10T00:00:00.000000Z"
    refused = clock(tmp_path, None)
    assert (refused.state, refused.found) == (
        "broken",
        f"{tmp_path} holds a replay clock: set CLOCK=replay or another DATA_DIR",
    )
    assert (tmp_path / "clock").read_bytes() == before


def test_the_clock_of_a_run_that_holds_it_is_right_whatever_is_set_here(tmp_path: Path) -> None:
    kept_clock(tmp_path, "replay")
    assert clock(tmp_path, None, held=True).found == "replay, 2026-11-10T00:00:00.000000Z"
    kept_clock(tmp_path, "running")
    assert clock(tmp_path, "replay", held=True).state == "well"


def test_a_clock_that_is_damaged_is_a_finding(tmp_path: Path) -> None:
    for damaged in ("", "{}", "[]", '{"mode": "running", "offset_s": "x", "reached": 1}'):
        (tmp_path / "clock").write_text(damaged)
        assert clock(tmp_path, None).state == "broken"

"""A start after a killed supervisor ends what that one left, and nobody else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli.supervisor.orphans import Register
from services.cli.supervisor.spec import ProcessSpec, Succeeds

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(SLEEPER)  # noqa: S603
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def spec(tmp_path: Path) -> ProcessSpec:
    return ProcessSpec("ingest", SLEEPER, {}, tmp_path, Succeeds(()))


def test_what_was_left_is_ended(tmp_path: Path, spec: ProcessSpec, sleeper: "subprocess.Popen[bytes]") -> None:
    Register(tmp_path).enter(spec, sleeper.pid)
    assert Register(tmp_path).sweep() == ("ingest",)
    assert sleeper.poll() is not None
    assert Register(tmp_path).sweep() == ()


@pytest.mark.parametrize("changed", [{"argv": ["another", "command"]}, {"started": 1.0}])
def test_a_stranger_with_the_same_number_is_left_alone(
    tmp_path: Path, spec: ProcessSpec, sleeper: "subprocess.Popen[bytes]", changed: dict[str, object]
) -> None:
    Register(tmp_path).enter(spec, sleeper.pid)
    (record,) = tmp_path.glob("*.json")
    record.write_text(json.dumps(json.loads(record.read_text()) | changed))
    assert Register(tmp_path).sweep() == ()
    assert sleeper.poll() is None


def test_a_process_that_ended_in_time_leaves_no_record(
    tmp_path: Path, spec: ProcessSpec, sleeper: "subprocess.Popen[bytes]"
) -> None:
    register = Register(tmp_path)
    register.enter(spec, sleeper.pid)
    register.leave(spec)
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_was_cut_off_is_no_obstacle(tmp_path: Path) -> None:
    register = Register(tmp_path)
    (tmp_path / "ingest.json").write_text('{"pid": 1')
    assert register.sweep() == ()

"""Real processes, small ones: started, started again, ended in order."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from services.cli.supervisor.backoff import Backoff
from services.cli.supervisor.orphans import Register
from services.cli.supervisor.spec import ProcessSpec, Succeeds
from services.cli.supervisor.supervisor import Patience, StartFailed, Supervisor
from tests.fixtures.quiet_output import QuietOutput

Spec = Callable[..., ProcessSpec]
WRITES_ITS_PID = "import os, pathlib, time; pathlib.Path('{name}.pid').write_text(str(os.getpid())); time.sleep(60)"
READY = Succeeds(("/bin/sh", "-c", "exit 0"))


@pytest.fixture
def output() -> QuietOutput:
    return QuietOutput()


@pytest.fixture
def supervisor(tmp_path: Path, output: QuietOutput) -> Supervisor:
    return Supervisor(output, Register(tmp_path / "processes"), Backoff(first_s=0.01), Patience(5, deaths=3))


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    def make(code: str = WRITES_ITS_PID, name: str = "one", **fields: object) -> ProcessSpec:
        argv = (sys.executable, "-c", code.replace("{name}", name))
        chosen = {"name": name, "argv": argv, "env": {}, "cwd": tmp_path, "ready": _wrote(tmp_path / f"{name}.pid")}
        return ProcessSpec(**{**chosen, **fields})  # type: ignore[arg-type]

    return make


async def test_a_killed_process_is_started_again_and_the_reason_told(
    supervisor: Supervisor, output: QuietOutput, spec: Spec, tmp_path: Path
) -> None:
    await supervisor.start([spec()])
    first = _pid(tmp_path / "one.pid")
    psutil.Process(first).kill()
    await _until(lambda: _pid(tmp_path / "one.pid") not in (0, first))
    await supervisor.stop()
    assert "one ended: it is started again" in output.said
    assert output.fields["one ended: it is started again"]["reason"] == "killed by SIGKILL"


async def test_stop_leaves_no_process_and_no_record(supervisor: Supervisor, spec: Spec, tmp_path: Path) -> None:
    await supervisor.start([spec(name="one"), spec(name="two")])
    pids = [_pid(tmp_path / f"{name}.pid") for name in ("one", "two")]
    await supervisor.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert list((tmp_path / "processes").iterdir()) == []


async def test_what_was_started_last_ends_first(supervisor: Supervisor, spec: Spec, tmp_path: Path) -> None:
    notes_its_end = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    with open('ended', 'a') as file: file.write('{name} ')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path('{name}.pid').write_text('1')\n"
        "time.sleep(60)"
    )
    for name in ("broker", "database", "service"):
        await supervisor.start([spec(notes_its_end, name)])
    await supervisor.stop()
    assert (tmp_path / "ended").read_text().split() == ["service", "database", "broker"]


async def test_who_does_not_end_by_itself_is_killed_and_that_is_said(
    supervisor: Supervisor, output: QuietOutput, spec: Spec, tmp_path: Path
) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WRITES_ITS_PID
    await supervisor.start([spec(deaf, grace_s=0.2)])
    await supervisor.stop()
    assert "one did not end by itself: killed" in output.said
    assert not psutil.pid_exists(_pid(tmp_path / "one.pid"))


async def test_what_a_service_has_started_itself_ends_with_it(
    supervisor: Supervisor, spec: Spec, tmp_path: Path
) -> None:
    starts_another = (
        "import subprocess, sys, pathlib, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path('{name}.pid').write_text(str(child.pid))\n"
        "time.sleep(60)"
    )
    await supervisor.start([spec(starts_another)])
    grandchild = psutil.Process(_pid(tmp_path / "one.pid"))
    await supervisor.stop()
    await _until(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)


async def test_who_dies_again_and_again_before_it_is_ready_ends_the_start(supervisor: Supervisor, spec: Spec) -> None:
    with pytest.raises(StartFailed, match=r"one ended [34] times before it was ready"):
        await supervisor.start([spec("import sys; sys.exit(3)")])
    await supervisor.stop()


async def test_who_is_never_ready_ends_the_start_with_the_reason(
    tmp_path: Path, output: QuietOutput, spec: Spec
) -> None:
    impatient = Supervisor(output, Register(tmp_path / "processes"), patience=Patience(ready_within_s=0.3))
    with pytest.raises(StartFailed, match="one was not ready after 0 s: not yet"):
        await impatient.start([spec("import time; time.sleep(60)")])
    await impatient.stop()


async def test_a_program_that_is_not_there_is_named(supervisor: Supervisor, spec: Spec, output: QuietOutput) -> None:
    with pytest.raises(StartFailed, match="one"):
        await supervisor.start([spec(argv=("/no/such/program",))])
    await supervisor.stop()
    assert "No such file" in str(output.fields["one ended: it is started again"]["reason"])


async def test_one_that_runs_to_its_end_gives_its_words_or_they_are_why_it_failed(
    supervisor: Supervisor, spec: Spec
) -> None:
    assert await supervisor.finish(spec("print('done')")) == "done"
    with pytest.raises(StartFailed, match="disk is full"):
        await supervisor.finish(spec("import sys; sys.exit('disk is full')"))


async def test_lines_reach_the_output_even_one_of_two_megabytes(
    supervisor: Supervisor, output: QuietOutput, spec: Spec
) -> None:
    chatty = "print('x' * 2_000_000); print('after', flush=True)\n" + WRITES_ITS_PID
    await supervisor.start([spec(chatty)])
    await _until(lambda: b"after\n" in output.lines)
    await supervisor.stop()


def _wrote(path: Path) -> Succeeds:
    return Succeeds(("/bin/sh", "-c", f"test -s '{path}'"))


def _pid(path: Path) -> int:
    return int(path.read_text() or 0) if path.exists() else 0


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # other processes set no event of ours
            await asyncio.sleep(0.02)

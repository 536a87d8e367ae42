"""`make run` as a whole, with stand-ins for the services: one start, one stop, and what may come between."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import psutil
import pytest

from services.cli.supervisor.services import SERVICES
from tests.fixtures.box import Database, broker
from tests.fixtures.ports import free_offset

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Run:
    process: "subprocess.Popen[bytes]"
    data_dir: Path
    log: Path
    offset: int

    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def child(self, mark: str) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if any(mark in word for word in child.cmdline()))

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def deaths(self) -> list[object]:
        """Why each process was started again."""
        return [event["reason"] for event in self.events() if "is started again" in str(event["event"])]

    def stop(self) -> float:
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a space and a letter beyond ASCII: any folder name must do."""
    return tmp_path_factory.mktemp("a run é") / "data"


def test_a_run_from_its_start_to_its_end(data_dir: Path) -> None:
    with running(data_dir) as run:
        dev_env = data_dir / "dev.env"
        assert stat.S_IMODE(dev_env.stat().st_mode) == 0o600
        told = dict(line.split("=", 1) for line in dev_env.read_text().splitlines())
        assert told["CHOKEPOINT_URL"] == f"http://127.0.0.1:{8000 + run.offset}"
        assert told["CHOKEPOINT_KEY"] not in run.log.read_text()
        family = run.family()
        assert run.stop() < 10
        assert run.process.returncode == 0
        assert not dev_env.exists()
        assert not any(process.is_running() for process in family)
        assert [event["event"] for event in run.events()][-2:] == ["stopping", "stopped"]
        assert len(run.events()) == len(run.log.read_text().splitlines()), "a log of JSON lines and nothing else"


def test_whatever_is_killed_is_started_again(data_dir: Path) -> None:
    with running(data_dir) as run:
        service = run.child("fake_service")
        for process, port in (
            (service, int(service.environ()["CHOKEPOINT_PORT"])),
            (run.child("postgres"), 15432 + run.offset),
            (run.child("kafka.Kafka"), 9092 + run.offset),
        ):
            kill_and_expect_back(run, process, port)
        assert run.deaths() == ["killed by SIGKILL"] * 3


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(data_dir: Path) -> None:
    with running(data_dir) as run:
        family = run.family()
        run.process.kill()
        run.process.wait()
        until(lambda: not any(living(process) for process in family))
    with running(data_dir, run.offset):
        pass


def test_a_second_run_on_the_same_data_is_refused_by_its_holder(data_dir: Path) -> None:
    with running(data_dir) as run:
        code, words = refused(data_dir, free_offset())
        assert code == 2
        assert re.search(rf"held by a run .*process {run.process.pid}", flat(words))
        assert "DATA_DIR=" in words


def test_a_taken_port_is_named_before_anything_starts(data_dir: Path) -> None:
    offset = free_offset()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 8012 + offset))
        taken.listen()
        code, words = refused(fresh := data_dir.with_name("fresh"), offset)
    assert code == 2
    assert not fresh.exists()
    assert f"port {8012 + offset} (scorer) is taken by process {os.getpid()}" in flat(words)
    assert "PORT_OFFSET=" in words


def test_a_cluster_and_a_database_of_ones_own_need_no_java_and_no_postgres(
    data_dir: Path, tmp_path: Path, postgres: Database
) -> None:
    with (
        broker(tmp_path) as (kafka, _),
        running(data_dir.with_name("own"), None, KAFKA_BOOTSTRAP_SERVERS=kafka, DATABASE_URL=postgres()) as run,
    ):
        commands = [" ".join(process.cmdline()) for process in run.family()]
        assert len(commands) == len(SERVICES)
        assert all("fake_service" in command for command in commands)
        assert not (run.data_dir / "kafka").exists()


def test_a_broker_that_is_not_there_ends_the_start_with_its_name(data_dir: Path, postgres: Database) -> None:
    own = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "DATABASE_URL": postgres()}
    code, words = refused(data_dir.with_name("gone"), free_offset(), **own)
    assert code == 1
    assert "Kafka at 127.0.0.1:9" in words


@contextmanager
def running(data_dir: Path, offset: int | None = None, /, **settings: str) -> Iterator[Run]:
    log = data_dir.with_suffix(".log")
    chosen = free_offset() if offset is None else offset
    with log.open("wb") as words:
        process = start(data_dir, chosen, words, **settings)
    run = Run(process, data_dir, log, chosen)
    try:
        until(lambda: '"ready"' in log.read_text() or process.poll() is not None, within_s=90)
        assert process.poll() is None, log.read_text()
        yield run
    finally:
        if process.poll() is None:
            run.stop()


def refused(data_dir: Path, offset: int, **settings: str) -> tuple[int, str]:
    """Exit code and words of a run that ends by itself."""
    with TemporaryFile() as words:
        process = start(data_dir, offset, words, **settings)
        try:
            code = process.wait(60)
        finally:
            process.kill()
        words.seek(0)
        return code, words.read().decode()


def start(data_dir: Path, offset: int, output: BinaryIO, **settings: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.fixtures.fake_system"]
    environment = os.environ | {"DATA_DIR": str(data_dir), "PORT_OFFSET": str(offset)} | settings
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603


def kill_and_expect_back(run: Run, process: psutil.Process, port: int) -> None:
    deaths = len(run.deaths())
    process.kill()
    until(lambda: len(run.deaths()) > deaths)
    until(lambda: accepts(port))


def until(condition: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def living(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def flat(words: str) -> str:
    return " ".join(words.split())

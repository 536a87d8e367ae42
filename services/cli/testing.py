"""The whole system as its users start it, for tests and benchmarks: real processes, real Kafka, real PostgreSQL."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiohttp import web

from shared.client import Client, Connection
from shared.errors import ChokepointError


class SystemFailed(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class RunningSystem:
    supervisor: psutil.Process
    connection: Connection
    data_dir: Path

    def client(self) -> Client:
        return Client(self.connection)

    def process(self, name: str) -> psutil.Process:
        """A service by its name, `kafka` or `postgres`: what an operator would find by its command line."""
        marks = {"kafka": "kafka.Kafka", "postgres": "postgres"}
        mark = marks.get(name, f"services.{name}")
        for child in self.supervisor.children(recursive=True):
            if any(mark in word for word in _command_of(child)):
                return child
        raise SystemFailed(f"no process of {name} runs")

    def memory_mb(self) -> float:
        """Proportional resident memory of every process, the supervisor's included."""
        return sum(_pss_mb(process) for process in self._all())

    def cpu_s(self) -> float:
        """CPU seconds that the living processes have used."""
        return sum(sum(process.cpu_times()[:2]) for process in self._all())

    def _all(self) -> list[psutil.Process]:
        return [self.supervisor, *self.supervisor.children(recursive=True)]


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook as it came; `at` is `time.perf_counter()`."""

    webhook_id: str
    headers: dict[str, str]
    body: bytes
    at: float


class Sink:
    """A receiver in the test's own event loop that answers 204 at once and keeps everything; where `accepts` says no it
    answers 401 and keeps nothing."""

    def __init__(self, accepts: Callable[[Hook], bool]) -> None:
        self._accepts = accepts
        self.hooks: list[Hook] = []
        self.ids: set[str] = set()
        self.url = ""
        self._came = asyncio.Condition()

    @classmethod
    @asynccontextmanager
    async def open(cls, accepts: Callable[[Hook], bool] = lambda _: True) -> AsyncIterator["Sink"]:
        sink = cls(accepts)
        app = web.Application()
        app.router.add_post("/", sink._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sink.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        try:
            yield sink
        finally:
            await runner.cleanup()

    async def expect(self, count: int, within_s: float) -> None:
        """Waits for `count` different webhook ids.

        :raises TimeoutError: they have not come in time.
        """
        async with asyncio.timeout(within_s), self._came:
            await self._came.wait_for(lambda: len(self.ids) >= count)

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        hook = Hook(headers.get("webhook-id", ""), headers, body, time.perf_counter())
        if not self._accepts(hook):
            return web.Response(status=401)
        self.hooks.append(hook)
        self.ids.add(hook.webhook_id)
        async with self._came:
            self._came.notify_all()
        return web.Response(status=204)


@contextmanager
def running_system(
    data_dir: Path, port_offset: int, *, ready_within_s: float = 120, **settings: str
) -> Iterator[RunningSystem]:
    """`settings` are environment variables. The log of everything is `<data_dir>.log`, for whoever reads a failed test.

    :raises SystemFailed: it ended or was not ready in time; with the end of its log.
    """
    log = data_dir.with_suffix(".log")
    environment = os.environ | {"DATA_DIR": str(data_dir), "PORT_OFFSET": str(port_offset)} | settings
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.cli", "run"], stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        try:
            _wait_until_ready(process, data_dir / "dev.env", log, ready_within_s)
            yield RunningSystem(psutil.Process(process.pid), Connection.find_in(data_dir), data_dir)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def _wait_until_ready(process: "subprocess.Popen[bytes]", ready: Path, log: Path, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemFailed(f"not ready (exit code {process.poll()}):\n{log.read_text()[-4_000:]}")
        time.sleep(0.05)


def _command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def _pss_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 1e6
    except psutil.NoSuchProcess:
        return 0.0

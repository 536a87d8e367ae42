"""What the fire drills bring about is brought about, and goes again."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import aiohttp
import psutil
import pytest

from services.cli.testing import Hook, RunningSystem, Sink
from tests.chaos.disk import limit
from tests.chaos.held import held
from tests.chaos.wire import Wire
from tests.fixtures.dispatcher import until

SOON_S = 5
BODY = b"x" * 100_000
WRITES = """
import time
while True:
    try:
        with open({!r}, "w") as file:
            file.write("x")
        time.sleep(0.05)
    except OSError:
        pass
"""


async def test_a_slow_wire_delays_and_a_quick_one_does_not() -> None:
    async with (
        Sink.open() as sink,
        Wire.to(int(sink.url.strip("/").rpartition(":")[2])) as wire,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SOON_S)) as session,
    ):
        assert (await session.post(wire.url, data=BODY)).status == 204
        wire.bytes_per_s = 100
        with pytest.raises(TimeoutError):
            await session.post(wire.url, data=BODY, timeout=aiohttp.ClientTimeout(total=0.3))
        wire.bytes_per_s = None
        assert (await session.post(wire.url, data=BODY)).status == 204


async def test_a_sink_keeps_only_what_it_accepts() -> None:
    def small(hook: Hook) -> bool:
        return len(hook.body) < 3

    async with Sink.open(small) as sink, aiohttp.ClientSession() as session:
        statuses = [(await session.post(sink.url, data=body)).status for body in (b"ab", b"abc")]
    assert statuses == [204, 401]
    assert [hook.body for hook in sink.hooks] == [b"ab"]


@dataclass
class Kept:
    """A process that is started again, as the supervisor would."""

    script: str
    started: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def process(self, _name: str) -> psutil.Process:
        if not self.started or self.started[-1].poll() is not None:
            self.started.append(subprocess.Popen([sys.executable, "-c", self.script]))  # noqa: S603
        return psutil.Process(self.started[-1].pid)


@contextmanager
def kept(script: str) -> Iterator[Kept]:
    made = Kept(script)
    try:
        yield made
    finally:
        for process in made.started:
            process.kill()
            process.wait()


async def test_what_is_held_down_is_killed_at_each_start_and_left_alone_afterwards() -> None:
    with kept("import time; time.sleep(60)") as system:
        async with held(cast("RunningSystem", system), ["it"], psutil.Process.kill), asyncio.timeout(SOON_S):
            while len(system.started) < 3:  # noqa: ASYNC110  # other processes set no event here
                await asyncio.sleep(0.05)
        last = system.process("it")
        await asyncio.sleep(0.5)
        assert last.is_running()


async def test_a_full_disk_takes_not_a_byte_and_one_with_room_does(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with kept(WRITES.format(str(told))) as system:
        process = system.process("it")
        await until(lambda: _holds(told, b"x"))
        limit(process, 0)
        await until(lambda: _holds(told, b""))
        await asyncio.sleep(0.2)
        assert await _holds(told, b"")
        limit(process, None)
        await until(lambda: _holds(told, b"x"))


async def _holds(file: Path, content: bytes) -> bool:
    return await asyncio.to_thread(lambda: file.exists() and file.read_bytes() == content)

"""Our side of the receiver: starts it, reads what it writes, knows when it has ended."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from services.cli.demo.told import Line
from services.cli.system import ROOT
from shared.errors import ChokepointError

ANSWERS_WITHIN_S = 20.0
LONGEST_LINE = 1 << 20


class ReceiverFailed(ChokepointError):
    pass


class Listening:
    def __init__(self, process: Process, url: str) -> None:
        self.url = url
        self.ended = asyncio.Event()
        self._process = process
        self._reading: asyncio.Task[None] | None = None

    async def begin(self, secrets: Mapping[str, str], take: Callable[[Line], None]) -> None:
        """From now on what comes is verified, and handed to `take`."""
        assert self._process.stdin is not None  # noqa: S101  # we asked for a pipe
        self._process.stdin.write(json.dumps(dict(secrets)).encode() + b"\n")
        await _line_of(self._process)
        self._reading = asyncio.create_task(self._read(take))

    async def _read(self, take: Callable[[Line], None]) -> None:
        assert self._process.stdout is not None  # noqa: S101
        async for raw in self._process.stdout:
            take(Line.model_validate_json(raw))
        self.ended.set()

    async def end(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), 3)
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self._reading:
            await self._reading


@asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.cli.demo.receiver",
        stdin=PIPE,
        stdout=PIPE,
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C is for us: it ends when we close its input
        limit=LONGEST_LINE,
    )
    try:
        url = await _line_of(process)
        receiver = Listening(process, url)
        try:
            yield receiver
        finally:
            await receiver.end()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _line_of(process: Process) -> str:
    assert process.stdout is not None  # noqa: S101
    async with asyncio.timeout(ANSWERS_WITHIN_S):
        line = await process.stdout.readline()
    if not line:
        raise ReceiverFailed(f"the receiver ended before it listened (exit code {await process.wait()})")
    return line.decode().strip()

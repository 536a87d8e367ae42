"""One running process: its output goes to ours, its whole group ends with it."""

import asyncio
import os
import signal
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from contextlib import suppress
from subprocess import DEVNULL

from services.cli.supervisor.guard import guard
from services.cli.supervisor.output import Lines
from services.cli.supervisor.spec import ProcessSpec

LONGEST_LINE = 1 << 20
OUTPUT_AFTER_END_S = 1.0
"""A grandchild may hold the pipe open: its words are not waited for."""


class Child:
    def __init__(self, spec: ProcessSpec, process: Process, pump: "asyncio.Task[None]") -> None:
        self.spec = spec
        self.pid = process.pid
        self._process = process
        self._began = time.monotonic()
        self._pump = pump

    @classmethod
    async def start(cls, spec: ProcessSpec, output: Lines, *, stdin: bytes = b"") -> "Child":
        # a pipe of our own: with asyncio's, waiting for the process would wait for whoever else holds the pipe
        reading, writing = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *spec.argv,
                env=spec.env,
                cwd=spec.cwd,
                stdin=PIPE if stdin else DEVNULL,
                stdout=writing,
                stderr=STDOUT,
                start_new_session=True,  # Ctrl-C on the terminal is for us; we end them in order
                preexec_fn=guard(spec.orphan_signal, spec.user),
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        if process.stdin:
            process.stdin.write(stdin)
            process.stdin.close()
        return cls(spec, process, asyncio.create_task(_pump(spec.name, reading, output)))

    @property
    def ran_s(self) -> float:
        return time.monotonic() - self._began

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    async def wait(self) -> str:
        """Until it has ended and its last words are out; how it ended, in words."""
        code = await self._process.wait()
        self.kill()  # what it may have started itself
        with suppress(TimeoutError):
            await asyncio.wait_for(self._pump, OUTPUT_AFTER_END_S)
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"

    @property
    def succeeded(self) -> bool:
        return self._process.returncode == 0

    async def stop(self) -> bool:
        """Asks it to end; kills it when its grace is over. False: it had to be killed."""
        if self.running:
            with suppress(ProcessLookupError):
                self._process.send_signal(self.spec.stop_signal)
        try:
            await asyncio.wait_for(asyncio.shield(self._process.wait()), self.spec.grace_s)
        except TimeoutError:
            self.kill()
            await self._process.wait()
            return False
        return True

    def kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


async def _pump(name: str, pipe: int, output: Lines) -> None:
    stream = asyncio.StreamReader(LONGEST_LINE)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(pipe, "rb", buffering=0)
    )
    try:
        while line := await _line(stream):
            output.line(name, line)
    finally:
        transport.close()


async def _line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # longer than LONGEST_LINE: what was read of it is gone, the rest goes on
        return b"(more than a megabyte in one line: left out)\n"

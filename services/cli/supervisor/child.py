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
    def __init__(self, spec: ProcessSpec, process: Process, output: Lines) -> None:
        self.spec = spec
        self.pid = process.pid
        self._process = process
        self._began = time.monotonic()
        self._pump = asyncio.create_task(_pump(spec.name, process, output))

    @classmethod
    async def start(cls, spec: ProcessSpec, output: Lines, *, stdin: bytes = b"") -> "Child":
        process = await asyncio.create_subprocess_exec(
            *spec.argv,
            env=spec.env,
            cwd=spec.cwd,
            stdin=PIPE if stdin else DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,  # Ctrl-C on the terminal is for us; we end them in order
            preexec_fn=guard(spec.orphan_signal, spec.user),
            limit=LONGEST_LINE,
        )
        child = cls(spec, process, output)
        if process.stdin:
            process.stdin.write(stdin)
            process.stdin.close()
        return child

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


async def _pump(name: str, process: Process, output: Lines) -> None:
    stream = process.stdout
    assert stream is not None  # noqa: S101  # we asked for a pipe
    while True:
        try:
            line = await stream.readline()
        except ValueError:  # longer than LONGEST_LINE: what was read of it is gone, the rest goes on
            output.line(name, b"(a line of more than a megabyte is left out)")
            continue
        if not line:
            return
        output.line(name, line)

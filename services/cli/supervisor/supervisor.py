"""Keeps processes running until it is told to stop."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.cli.supervisor.backoff import Backoff
from services.cli.supervisor.child import Child
from services.cli.supervisor.orphans import Register
from services.cli.supervisor.output import Lines, Output
from services.cli.supervisor.probes import why_not
from services.cli.supervisor.spec import ProcessSpec
from services.cli.supervisor.vigil import Vigil, lost
from shared.errors import ChokepointError

ASK_EVERY_S = 0.1
SAY_AFTER_S = 10.0
LAST_WORDS_S = 1.5


class StartFailed(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a process may take to be ready for the first time, and how often it may die before that."""

    ready_within_s: float = 90.0
    deaths: int = 5


BACKOFF = Backoff()
PATIENCE = Patience()
VIGIL = Vigil()


@dataclass(slots=True)
class _Kept:
    spec: ProcessSpec
    task: "asyncio.Task[None] | None" = None
    child: Child | None = None
    deaths: int = 0
    ending: bool = False


class _Words:
    """Keeps what a process writes, for us to tell."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def line(self, _: str, raw: bytes) -> None:
        self._lines.append(raw.decode(errors="replace").rstrip())

    @property
    def text(self) -> str:
        return "\n".join(self._lines)


class Supervisor:
    def __init__(
        self,
        output: Output,
        register: Register,
        backoff: Backoff = BACKOFF,
        patience: Patience = PATIENCE,
        vigil: Vigil = VIGIL,
    ) -> None:
        self._output = output
        self._register = register
        self._backoff = backoff
        self._patience = patience
        self._vigil = vigil
        self._stages: list[list[_Kept]] = []

    async def start(self, specs: Sequence[ProcessSpec]) -> None:
        """Starts them together and returns when all are ready; from then on they are kept running.

        :raises StartFailed: one died again and again, or was not ready in time.
        """
        stage = [_Kept(spec) for spec in specs]
        self._stages.append(stage)
        for kept in stage:
            kept.task = asyncio.create_task(self._keep(kept))
        waiting = [asyncio.create_task(self._until_ready(kept)) for kept in stage]
        try:
            await asyncio.gather(*waiting)
        finally:
            for task in waiting:
                task.cancel()

    async def finish(self, spec: ProcessSpec, stdin: bytes = b"") -> str:
        """What it writes before it ends well.

        :raises StartFailed: it did not, and what it wrote is why.
        """
        words = _Words()
        try:
            child = await Child.start(spec, words, stdin=stdin)
        except OSError as error:
            raise StartFailed(f"{spec.name} cannot be started: {error}") from error
        self._register.enter(spec, child.pid)
        try:
            ended = await child.wait()
        finally:
            child.kill()
            self._register.leave(spec)
        if not child.succeeded:
            raise StartFailed(f"{spec.name}: {words.text or ended}")
        return words.text

    async def run_until_ready(self, spec: ProcessSpec) -> None:
        """Ends it as soon as it is ready, or has ended by itself; what it writes is not worth a line."""
        kept = _Kept(spec, ending=True)
        run = asyncio.create_task(self._run(kept, _Words()))
        try:
            while await self._unready(kept) is not None:
                if (await asyncio.wait({run}, timeout=ASK_EVERY_S))[0]:
                    break
            if kept.child:
                await kept.child.stop()
            await run
        finally:
            if kept.child:
                kept.child.kill()
            run.cancel()

    async def stop(self) -> None:
        """The last stage first; within a stage all at once."""
        for stage in reversed(self._stages):
            await asyncio.gather(*(self._end(kept) for kept in stage))

    def kill(self) -> None:
        """At once and for good: whoever asks twice does not want to wait."""
        for stage in self._stages:
            for kept in stage:
                kept.ending = True
                if kept.child:
                    kept.child.kill()

    async def _keep(self, kept: _Kept) -> None:
        while True:
            ended, ran_s = await self._run(kept, self._output)
            if kept.ending:
                return
            kept.deaths = self._backoff.deaths(kept.deaths, ran_s)
            wait_s = self._backoff.wait_s(kept.deaths)
            self._output.say(
                f"{kept.spec.name} ended: it is started again",
                "warning",
                reason=ended,
                ran_s=round(ran_s, 1),
                in_s=wait_s,
            )
            await asyncio.sleep(wait_s)

    async def _run(self, kept: _Kept, output: Lines) -> tuple[str, float]:
        try:
            kept.child = await Child.start(kept.spec, output)
        except OSError as error:
            return f"cannot be started: {error}", 0.0
        self._register.enter(kept.spec, kept.child.pid)
        watch = asyncio.create_task(self._watch(kept.child))
        ended = await kept.child.wait()
        watch.cancel()
        self._register.leave(kept.spec)
        return ended, kept.child.ran_s

    async def _watch(self, child: Child) -> None:
        if child.spec.live:
            reason = await lost(child.spec.live, self._vigil)
            self._output.say(f"{child.spec.name} is not live: it is ended", "warning", reason=reason)
            await child.stop()

    async def _until_ready(self, kept: _Kept) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        told_at = began
        while (reason := await self._unready(kept)) is not None:
            waited = loop.time() - began
            if kept.deaths >= self._patience.deaths:
                raise StartFailed(
                    f"{kept.spec.name} ended {kept.deaths} times before it was ready: see its lines above"
                )
            if waited > self._patience.ready_within_s:
                raise StartFailed(f"{kept.spec.name} was not ready after {waited:.0f} s: {reason}")
            if loop.time() - told_at > SAY_AFTER_S:
                told_at = loop.time()
                self._output.say(f"waiting for {kept.spec.name}", reason=reason)
            await asyncio.sleep(ASK_EVERY_S)
        self._output.say(f"{kept.spec.name} is ready", after_s=round(loop.time() - began, 1))

    async def _unready(self, kept: _Kept) -> str | None:
        if kept.child is None or not kept.child.running:
            return "not running"
        return await why_not(kept.spec.ready)

    async def _end(self, kept: _Kept) -> None:
        kept.ending = True
        running = kept.child is not None and kept.child.running
        if kept.child and running and not await kept.child.stop():
            self._output.say(f"{kept.spec.name} did not end by itself: killed", "warning", after_s=kept.spec.grace_s)
        if kept.task:
            if not running:
                kept.task.cancel()  # it sleeps before the next start
            await asyncio.wait({kept.task}, timeout=LAST_WORDS_S)

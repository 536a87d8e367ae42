"""The last resort against a process that does nothing and does not end: it is left as it stands, nothing committed, and
whoever supervises it starts it again."""

import asyncio
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

Leave = Callable[[str], None]


def leave(reason: str) -> None:
    log.error("ended", reason=reason)
    os._exit(1)


def leave_after(seconds: float, reason: str) -> threading.Timer:
    """Unless it is cancelled, or the process has ended before."""
    timer = threading.Timer(seconds, leave, [reason])
    timer.daemon = True
    timer.start()
    return timer


@dataclass(frozen=True, slots=True)
class Patience:
    """Missed beats are counted, not seconds: a process or machine that stood still as a whole has missed none."""

    beat_s: float = 5.0
    beats: int = 18


@contextmanager
def watched(loop: asyncio.AbstractEventLoop, patience: Patience = Patience(), leave: Leave = leave) -> Iterator[None]:
    """Leaves the process where the event loop does not turn: then nothing in it can be asked, or end by itself."""
    watch = _Watch(loop, patience, leave)
    watch.beat()
    thread = threading.Thread(target=watch.run, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watch.ended.set()
        watch.timer.cancel()


class _Watch:
    def __init__(self, loop: asyncio.AbstractEventLoop, patience: Patience, leave: Leave) -> None:
        self._loop = loop
        self._patience = patience
        self._leave = leave
        self._missed = 0
        self._watched = threading.get_ident()
        self.ended = threading.Event()

    def beat(self) -> None:
        self._missed = 0
        self.timer = self._loop.call_later(self._patience.beat_s, self.beat)

    def run(self) -> None:
        while not self.ended.wait(self._patience.beat_s):
            self._missed += 1
            if self._missed > self._patience.beats:
                seconds = self._patience.beats * self._patience.beat_s
                self._leave(f"nothing moved for {seconds:g} s: {' < '.join(self._places())}")
                return

    def _places(self) -> list[str]:
        """Where it hangs, the innermost first."""
        stack = traceback.extract_stack(sys._current_frames()[self._watched])  # noqa: SLF001  # no other way to ask
        return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(stack[-5:])]

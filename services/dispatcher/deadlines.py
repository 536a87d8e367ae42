"""When attempts must have ended. Each may take equally long, so that one timer does for all of them."""

import asyncio
from types import TracebackType
from typing import Self, cast

LATE_BY_AT_MOST_S = 0.05


class Deadline:
    """Around what a task does in time.

    :raises TimeoutError: it did not, and was cancelled.
    """

    __slots__ = ("_deadlines", "_missed", "_task", "at")

    def __init__(self, deadlines: "Deadlines", at: float) -> None:
        self._deadlines = deadlines
        self._missed = False
        self.at = at

    def __enter__(self) -> Self:
        self._task = cast("asyncio.Task[object]", asyncio.current_task())
        self._deadlines.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadlines.remove(self)
        if self._missed and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def miss(self) -> None:
        self._missed = True
        self._task.cancel()


class Deadlines:
    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._loop = asyncio.get_running_loop()
        self._open: dict[Deadline, None] = {}
        """The earliest first."""
        self._timer: asyncio.TimerHandle | None = None

    def one(self) -> Deadline:
        return Deadline(self, self._loop.time() + self._within_s)

    def add(self, deadline: Deadline) -> None:
        self._open[deadline] = None
        if self._timer is None:
            self._timer = self._loop.call_at(deadline.at, self._ring)

    def remove(self, deadline: Deadline) -> None:
        self._open.pop(deadline, None)

    def _ring(self) -> None:
        self._timer = None
        now = self._loop.time()
        missed = []
        for deadline in self._open:
            if deadline.at > now:
                self._timer = self._loop.call_at(max(deadline.at, now + LATE_BY_AT_MOST_S), self._ring)
                break
            missed.append(deadline)
        for deadline in missed:
            del self._open[deadline]
            deadline.miss()

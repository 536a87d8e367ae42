"""One timer for all that falls due: it rings at the earliest time that was asked for."""

import asyncio
from collections.abc import Callable

LONGEST_S = 3_600.0


class Alarm:
    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._set: asyncio.TimerHandle | None = None
        self._at = 0.0

    def set(self, at: float, now: float) -> None:
        at = min(at, now + LONGEST_S)
        if self._set and self._at <= at:
            return
        self.stop()
        self._at = at
        self._set = asyncio.get_running_loop().call_later(max(at - now, 0.001), self._rings)

    def stop(self) -> None:
        if self._set:
            self._set.cancel()

    def _rings(self) -> None:
        self._set = None
        self._ring()

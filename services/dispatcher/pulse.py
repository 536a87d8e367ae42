"""Whether this process stood still: stopped, swapped out, its machine asleep. Beyond its session at the broker another
copy has its partitions, and sends what this one still holds in memory. So it starts nothing more, ends, and begins anew
with what SQL says."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from shared.errors import ChokepointError
from shared.kafka.loop import SESSION_MS

BEAT_S = 1.0
SESSION_S = SESSION_MS / 1_000


class StoodStill(ChokepointError):
    pass


def asleep_or_awake() -> float:
    """Seconds that pass while the machine sleeps, too, where there is such a clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Pulse:
    def __init__(self, seconds: Callable[[], float] = asleep_or_awake) -> None:
        self._seconds = seconds
        self._last = seconds()

    def missed(self) -> bool:
        """From the first moment after it, before anything else notices."""
        return self._silent_s() > SESSION_S

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Until cancelled.

        :raises StoodStill: it did."""
        while not self.missed():
            self._last = self._seconds()
            await sleep(BEAT_S)
        raise StoodStill(f"stood still for {self._silent_s():.0f} s: another copy may have its partitions by now")

    def _silent_s(self) -> float:
        return self._seconds() - self._last

import time
from collections.abc import Callable


class RateLimit:
    """So many requests a minute of each key, with bursts of a minute's worth; one number in memory per key
    (the generic cell rate algorithm). Each copy of a service counts for itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._paid_until: dict[str, float] = {}

    def wait_s(self, key: str, per_minute: int) -> float:
        """Zero: the request passes, and counts. Else: when to come again."""
        now, price = self._clock(), 60 / per_minute
        paid_until = max(self._paid_until.get(key, now), now) + price
        if (ahead := paid_until - now - 60) > 1e-9:
            return ahead
        self._paid_until[key] = paid_until
        return 0

    def forget(self, key: str) -> None:
        self._paid_until.pop(key, None)

"""Whether a reader is stuck: records wait, and none is taken. One to which nothing comes is idle, however long."""

import time
from collections.abc import Callable, Mapping, Sequence

from shared.errors import ChokepointError
from shared.metrics import CONSUMER_LAG

Seconds = Callable[[], float]


class Progress:
    def __init__(self, topics: Sequence[str], stuck_after_s: float, seconds: Seconds = time.monotonic) -> None:
        self._topics = topics
        self._stuck_after_s = stuck_after_s
        self._seconds = seconds
        self._waiting = 0
        self._last = seconds()

    def made(self) -> None:
        self._last = self._seconds()

    def looked(self, waiting: Mapping[str, int]) -> None:
        """`waiting`: records by topic.

        :raises ChokepointError: where it is stuck."""
        if not self._waiting:  # idle until now: what waits has waited since the last look at most
            self.made()
        self._waiting = sum(waiting.values())
        for topic, records in waiting.items():
            CONSUMER_LAG.labels(topic=topic).set(records)
        if reason := self.stuck():
            raise ChokepointError(reason)

    def stuck(self) -> str | None:
        silent = self._seconds() - self._last
        if self._waiting and silent > self._stuck_after_s:
            return f"{self._waiting} records of {', '.join(self._topics)} wait and none was taken for {silent:.0f} s"
        return None

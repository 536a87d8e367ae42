"""Whether a reader is stuck: records wait, and none is done with. One to which nothing comes is idle, however long; one
whose broker does not answer waits, however long, and says so."""

import time
from collections.abc import Callable, Mapping, Sequence

from shared.errors import ChokepointError
from shared.metrics import CONSUMER_LAG

Seconds = Callable[[], float]

LOOK_EVERY_S = 10.0
ASK_BROKER_S = 10.0
LOOKED_LATE_S = 2 * (LOOK_EVERY_S + ASK_BROKER_S)
"""More between two looks is no time in which it could have done something: the process, or its machine, stood still."""
TO_BE_ENDED_S = 30.0
"""So long whoever watches has to end a process that is stuck; then it ends by itself."""
BROKER_MAY_BE_AWAY_S = 30.0
REBALANCE_MAY_TAKE_S = 60.0
"""Less is not worth a word: brokers start anew, and others of the group may have much to finish."""


class Progress:
    def __init__(self, topics: Sequence[str], stuck_after_s: float, seconds: Seconds = time.monotonic) -> None:
        self._topics = topics
        self._stuck_after_s = stuck_after_s
        self._seconds = seconds
        self._waiting = 0
        self._silent_s = 0.0
        self._looked = self._answered = seconds()
        self.begun = False
        self._revoked_at: float | None = None

    def assigned(self) -> None:
        self.begun, self._revoked_at, self._silent_s = True, None, 0.0

    def revoked(self) -> None:
        self._revoked_at = self._seconds()

    def made(self) -> None:
        self._silent_s = 0.0

    def looked(self, waiting: Mapping[str, int]) -> None:
        """`waiting`: records by topic.

        :raises ChokepointError: where it has been stuck for long."""
        now = self._seconds()
        # idle until now: what waits has waited since the last look at most
        self._silent_s = self._silent_s + min(now - self._looked, LOOKED_LATE_S) if self._waiting else 0.0
        self._waiting = sum(waiting.values())
        self._looked = self._answered = now
        for topic, records in waiting.items():
            CONSUMER_LAG.labels(topic=topic).set(records)
        if (reason := self.stuck()) and self._silent_s > self._stuck_after_s + TO_BE_ENDED_S:
            raise ChokepointError(reason)

    def unanswered(self) -> None:
        """What waits is not known, and whose fault it is that nothing comes is: the broker's."""
        self._waiting, self._silent_s = 0, 0.0
        self._looked = self._seconds()

    def stuck(self) -> str | None:
        if self._waiting and self._silent_s > self._stuck_after_s:
            lag = f"{self._waiting} records of {', '.join(self._topics)} wait"
            return f"{lag} and none was taken for {self._silent_s:.0f} s"
        return None

    def unready(self) -> str | None:
        """None as soon as partitions were assigned; a rebalance, or a broker that is away for a moment, does not take
        that back."""
        topics = ", ".join(self._topics)
        if not self.begun:
            return f"waiting for partitions of {topics}"
        if self._revoked_at is not None and (moving := self._seconds() - self._revoked_at) > REBALANCE_MAY_TAKE_S:
            return f"partitions of {topics} have been shared out anew for {moving:.0f} s"
        away = self._looked - self._answered
        return f"Kafka has not answered for {away:.0f} s" if away > BROKER_MAY_BE_AWAY_S else None

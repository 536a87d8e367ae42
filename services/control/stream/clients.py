"""Who listens, and how many may."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from shared.contracts.keys import KeyRecord
from shared.http.auth import KeyRing
from shared.http.problems import Problem, unavailable
from shared.metrics import STREAM_CLIENTS

COME_AGAIN_S = 10


@dataclass(frozen=True, slots=True)
class StreamPolicy:
    most_clients: int = 100
    """Of one copy; each is a reader of its own at the broker, and holds half a megabyte."""
    most_of_a_key: int = 10
    heartbeat_s: float = 15.0
    taken_within_s: float = 20.0
    """What a client takes longer for is too slow: the connection's buffers, 64 KiB of ours and the network's, are full
    by then."""
    told_within_s: float = 3.0
    """So long it is waited that a client takes the reason why it ends."""
    retry_ms: int = 2_000


@dataclass(slots=True)
class Clients:
    ring: KeyRing
    stopping: asyncio.Event
    policy: StreamPolicy = StreamPolicy()
    _open: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def admitted(self, key: KeyRecord) -> Iterator[None]:
        """:raises Problem: 429, where this key has its streams; 503, where this copy has."""
        if self._open[key.id] >= self.policy.most_of_a_key:
            told = f"this key has {self.policy.most_of_a_key} streams open here: close one, or come again"
            raise Problem(429, told, headers={"Retry-After": str(COME_AGAIN_S)})
        if self._open.total() >= self.policy.most_clients:
            raise unavailable(f"this copy has its {self.policy.most_clients} streams: come again", COME_AGAIN_S)
        self._open[key.id] += 1
        STREAM_CLIENTS.inc()
        try:
            yield
        finally:
            STREAM_CLIENTS.dec()
            self._open[key.id] -= 1
            self._open += Counter()  # without those that are at 0

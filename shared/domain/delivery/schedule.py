"""When an attempt that failed is made again (contract section 7)."""

import hashlib
from datetime import timedelta

DELAYS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Before the first attempt, the second, … the tenth and last."""
ATTEMPTS = len(DELAYS)
LONGEST = DELAYS[-1]
JITTER = 0.1
"""Of each delay, either way: what failed together does not come back together."""


def delay_after(failures: int, delivery_id: str) -> timedelta | None:
    """The same for the same delivery and attempt wherever it is asked; none once the schedule is exhausted."""
    if failures >= ATTEMPTS:
        return None
    return DELAYS[failures] * (1 + JITTER * _swing(f"{delivery_id}/{failures}"))


def _swing(seed: str) -> float:
    """Between -1 and 1."""
    drawn = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=4).digest())
    return drawn / 0xFFFFFFFF * 2 - 1

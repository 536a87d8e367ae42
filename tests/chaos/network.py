"""The network to the receivers is so slow that no webhook arrives in time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.chaos.drill import Drill, Means

BYTES_PER_S = 50
"""A webhook has some 3 KB, and 15 s."""


@asynccontextmanager
async def network_slow(means: Means) -> AsyncIterator[None]:
    means.site.wire.bytes_per_s = BYTES_PER_S
    try:
        yield
    finally:
        means.site.wire.bytes_per_s = None


NETWORK = Drill("network", f"{BYTES_PER_S} bytes a second to every receiver", ("ReceiversFail",), network_slow)

"""Whatever stands on `alerts`, however often it is said and read: who is owed a message is owed it once."""

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.dispatcher.health import EndpointHealth
from services.dispatcher.inbox import Inbox
from services.dispatcher.receivers import Receivers
from services.dispatcher.testing import MemoryStore
from shared.kafka.loop import Assigned
from tests.unit.dispatcher.making import Record, message, receiver
from tests.unit.dispatcher.test_inbox import ALERTS, Nobody, QuietCourier

ENDPOINTS = ("e-1", "e-2")


@st.composite
def logs(draw: st.DrawFn) -> list[Record]:
    """A scorer that is killed now and then says again, from some number on, what it has said."""
    numbers: list[int] = []
    for _ in range(draw(st.integers(1, 4))):
        said = max(numbers, default=0)
        first = draw(st.integers(max(1, said - 5), said + 1))
        numbers += range(first, said + 1 + draw(st.integers(0, 5)))
    return [message(number, offset=offset) for offset, number in enumerate(numbers)]


READINGS = st.lists(st.tuples(st.lists(st.integers(1, 6), max_size=4), st.booleans()), max_size=5)
"""Lives of a dispatcher: sizes of the batches that it takes, and whether the last one is still written."""


@given(logs(), READINGS)
def test_each_message_is_owed_to_each_endpoint_once_and_in_order(
    log: list[Record], readings: list[tuple[list[int], bool]]
) -> None:
    store = MemoryStore()
    for batches, writes_last in [*readings, ([len(log)], True)]:
        asyncio.run(_live(store, log, batches, writes_last=writes_last))
    taken = [letter.number or 0 for batch in store.batches for letter in batch.letters]
    assert taken == list(range(1, max(taken, default=0) + 1))
    assert len(taken) == len({record.value for record in log})
    owed = [owed.delivery.delivery_id for batch in store.batches for owed in batch.owed]
    assert len(owed) == len(set(owed)) == len(taken) * len(ENDPOINTS)


async def _live(store: MemoryStore, log: Sequence[Record], batches: list[int], *, writes_last: bool) -> None:
    receivers = Receivers()
    for endpoint_id in ENDPOINTS:
        receivers.put(endpoint_id, receiver(endpoint_id))
    courier = QuietCourier(store, receivers, Nobody(), EndpointHealth(), partitions=8)
    inbox = Inbox(store, receivers, courier, "0")
    at = await inbox.assigned(Assigned(ALERTS, 0, None, len(log)))
    for number, size in enumerate(batches, 1):
        records = log[at : at + size]
        if not records:
            return
        await inbox.handle(ALERTS, records)
        if number < len(batches) or writes_last:
            await inbox.settled(ALERTS, records[-1].offset + 1)
        at += len(records)

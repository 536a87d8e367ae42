"""Where an event goes: news to be judged; what the world did to `world`; a customer's own to its place in `ledger`."""

from functools import lru_cache

from services.ingest.judging import Judged
from shared.contracts.events import CustomerEvent, News
from shared.kafka.record import Headers, Outgoing
from shared.kafka.topics import EVENTS_NEWS, LEDGER, WORLD, partition_of

_partition_of = lru_cache(maxsize=65_536)(partition_of)


def routed(judged: Judged, headers: Headers, partitions: int) -> Outgoing:
    event, name = judged.event, judged.event_id
    if isinstance(event, CustomerEvent):
        customer = event.customer_id
        return Outgoing(LEDGER, customer.encode(), judged.record, headers, _partition_of(customer, partitions))
    if isinstance(event, News):
        return Outgoing(EVENTS_NEWS, name.encode(), judged.record, headers, int(name[:8], 16) % partitions)
    return Outgoing(WORLD, name.encode(), judged.record, headers, partition=0)

"""Where an event goes: news to be judged; what the world did to `world`; a customer's own to its place in `ledger`."""

from functools import lru_cache

from services.ingest.judging import Judged
from shared.kafka.record import Headers, Outgoing
from shared.kafka.topics import EVENTS_NEWS, LEDGER, WORLD, partition_of

_partition_of = lru_cache(maxsize=65_536)(partition_of)


def routed(event: Judged, headers: Headers, partitions: int) -> Outgoing:
    if event.customer_id is not None:
        partition = _partition_of(event.customer_id, partitions)
        return Outgoing(LEDGER, event.customer_id.encode(), event.record, headers, partition)
    key = event.event_id.encode()
    if event.kind == "news":
        return Outgoing(EVENTS_NEWS, key, event.record, headers, int(event.event_id[:8], 16) % partitions)
    return Outgoing(WORLD, key, event.record, headers, partition=0)

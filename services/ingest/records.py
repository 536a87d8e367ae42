"""An event as a record: news goes where it is judged, the rest to `world`, but a customer's own to `ledger`."""

from datetime import datetime
from functools import lru_cache

from services.ingest.checking import Valid
from shared.kafka.record import Headers, Outgoing, Stamp
from shared.kafka.topics import EVENTS_NEWS, LEDGER, WORLD, partition_of

_partition_of = lru_cache(maxsize=65_536)(partition_of)


def routed(event: Valid, headers: Headers, partitions: int) -> Outgoing:
    if event.customer_id is not None:
        partition = _partition_of(event.customer_id, partitions)
        return Outgoing(LEDGER, event.customer_id.encode(), event.record, headers, partition)
    key = event.event_id.encode()
    if event.kind == "news":
        return Outgoing(EVENTS_NEWS, key, event.record, headers, int(event.event_id[:8], 16) % partitions)
    return Outgoing(WORLD, key, event.record, headers, partition=0)


class Stamps:
    """The headers of a batch: but for its id, an event shares them with the others of its kind and instant."""

    def __init__(self, received_at: datetime, traceparent: str) -> None:
        self._received_at = received_at
        self._traceparent = traceparent
        self._shared: dict[tuple[str, datetime], Headers] = {}

    def headers(self, event: Valid, accepted_at: datetime) -> Headers:
        shared = self._shared.get((event.kind, accepted_at))
        if shared is None:
            stamp = Stamp(event.event_id, accepted_at, self._received_at, f"{event.kind}/1", self._traceparent)
            shared = [header for header in stamp.headers() if header[0] != "event-id"]
            self._shared[event.kind, accepted_at] = shared
        return [("event-id", event.event_id.encode()), *shared]

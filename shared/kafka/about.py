"""What a log line or a span says of the record that it is about: ids, and where it stands; never what is in it."""

from shared.kafka.record import Headers, Incoming
from shared.kafka.topics import ALERTS, LEDGER
from shared.tracing.context import trace_id

OF_NOBODY = b"change"
"""The key of what the registry tells every partition of `ledger`."""
TOLD = {"event-id": "event_id", "dlq.source": "record", "dlq.stage": "stage", "dlq.reason": "reason"}


def about(record: Incoming) -> dict[str, str]:
    place = f"{record.topic}/{record.partition}/{record.offset}"
    return {**ids(record.topic, record.key, record.headers), "record": place}


def ids(topic: str, key: bytes | None, headers: Headers) -> dict[str, str]:
    found = {TOLD[name]: _text(value) for name, value in headers if name in TOLD}
    if topic in {LEDGER, ALERTS} and key and key != OF_NOBODY:
        found["customer"] = _text(key)
    if traceparent := dict(headers).get("traceparent"):
        found["trace_id"] = trace_id(_text(traceparent))
    return found


def _text(value: bytes) -> str:
    return value.decode(errors="replace")[:300]

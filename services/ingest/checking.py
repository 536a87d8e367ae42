"""From what a sender wrote to the event as it is kept, or to all that is wrong with it."""

from collections.abc import Container
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from services.ingest.canonical import read_canonical
from services.ingest.identity import derived_id, event_id, mark_of
from shared.contracts.base import to_json
from shared.contracts.events import AnyEvent, CustomerEvent
from shared.contracts.keys import KeyRecord
from shared.events.kinds import MODELS
from shared.events.own_time import own_time
from shared.events.reading import LARGEST_EVENT, read_event
from shared.events.rules import broken_rules
from shared.http.json_text import InvalidJson, parse
from shared.http.problems import FieldError

MOST_ERRORS = 20


class Valid(NamedTuple):
    kind: str
    id: str
    event_id: str
    source: str
    customer_id: str | None
    record: bytes
    own_time: datetime
    identity: int
    """The mark of the event id."""
    content: int
    """The mark of the record."""
    id_given: bool
    """By the sender; else it is derived."""


class Rejected(NamedTuple):
    errors: list[FieldError]
    kind: str = ""
    id: str | None = None
    """As the sender gave it: what is rejected is given none."""
    event_id: str | None = None
    stranger: str | None = None
    """The customer that is not known, where nothing else is wrong."""


def check(text: bytes, key: KeyRecord, customers: Container[str]) -> Valid | Rejected:
    """All but when it may have happened: that is for who knows the time."""
    try:
        event = read_canonical(text)
    except ValidationError:
        event = None
    if event is not None and len(text) <= LARGEST_EVENT and b"\\u0000" not in text:
        return _ruled(event, key, customers)
    try:
        raw = parse(text)
    except InvalidJson as invalid:
        return Rejected([{"loc": "", "message": str(invalid)}])
    event, errors = read_event(raw)
    return _misshapen(raw, key, errors) if event is None else _ruled(event, key, customers)


def _ruled(event: AnyEvent, key: KeyRecord, customers: Container[str]) -> Valid | Rejected:
    if errors := broken_rules(event, key):
        return _told(errors, key, event.kind, event.source.name, event.id)
    customer = event.customer_id if isinstance(event, CustomerEvent) else None
    if customer is not None and customer not in customers:
        message = f"unknown customer {customer!r}: put it first, PUT /v1/customers/{customer}"
        errors = [{"loc": "customer_id", "message": message}]
        return _told(errors, key, event.kind, event.source.name, event.id)._replace(stranger=customer)
    return kept(event, customer, key)


def kept(event: AnyEvent, customer_id: str | None, key: KeyRecord) -> Valid:
    record = to_json(event)
    given = (sender_id := event.id) is not None
    if sender_id is None:
        sender_id = derived_id(record)
        record = b'{"id":"%b",%b' % (sender_id.encode(), record[1:])
    name = event_id(key.customer_id, event.source.name, event.kind, sender_id)
    marks = mark_of(name), mark_of(record)
    return Valid(event.kind, sender_id, name, event.source.name, customer_id, record, own_time(event), *marks, given)


def _misshapen(raw: object, key: KeyRecord, errors: list[FieldError]) -> Rejected:
    fields: dict[str, Any] = raw if isinstance(raw, dict) else {}
    source = fields.get("source")
    return _told(
        errors, key, fields.get("kind"), source.get("name") if isinstance(source, dict) else None, fields.get("id")
    )


def _told(errors: list[FieldError], key: KeyRecord, kind: Any, source: Any, sender_id: Any) -> Rejected:
    """By the names that are as they must be."""
    name = None
    if sender_id is not None and _NAMED_BY.isdisjoint(error["loc"] for error in errors):
        name = event_id(key.customer_id, source, kind, sender_id)
    if len(errors) > MOST_ERRORS:
        errors = [*errors[:MOST_ERRORS], {"loc": "", "message": f"and {len(errors) - MOST_ERRORS} more"}]
    return Rejected(
        errors,
        kind=kind if isinstance(kind, str) and kind in MODELS else "",
        id=sender_id if isinstance(sender_id, str) else None,
        event_id=name,
    )


_NAMED_BY = {"", "kind", "id", "source", "source.name"}
"""Where nothing is wrong with these, an event has its id, whatever else is wrong."""

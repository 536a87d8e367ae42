"""A record of `alerts` becomes a letter: what endpoints filter by, and the body as it came."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
import pytest

from services.dispatcher.letters import Delivery, Unreadable, delivery_id, read_letter
from shared.kafka.record import Stamp

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = {
    "type": "alert.opened",
    "timestamp": "2026-03-01T12:00:00.000000Z",
    "schema_version": "1",
    "data": {
        "customer_id": "acme",
        "score": 61.30000000000001,
        "title": "Türkiye stops",
        "of_a_later_version": [1, None],
    },
}
MESSAGE = {
    "message_id": "m-1",
    "number": 7,
    "customer_id": "acme",
    "sequence": 3,
    "alert_id": "a-1",
    "severity": "high",
    "materials": ["terbium"],
    "body": BODY,
}


@dataclass
class Record:
    value: bytes | None
    topic: str = "alerts"
    partition: int = 5
    offset: int = 0
    key: bytes | None = None
    headers: list[tuple[str, bytes]] = field(default_factory=Stamp("e-1", NOW, NOW, "message/1", "00-aa-bb-01").headers)


def record(**changes: object) -> Record:
    return Record(orjson.dumps(MESSAGE | changes))


def test_what_endpoints_filter_by() -> None:
    letter = read_letter(record())
    assert (letter.message_id, letter.partition, letter.number, letter.sequence) == ("m-1", 5, 7, 3)
    assert (letter.type, letter.customer_id, letter.severity, letter.materials) == (
        "alert.opened", "acme", "high", ("terbium",),
    )  # fmt: skip
    assert (letter.accepted_at, letter.received_at, letter.traceparent) == (NOW, NOW, "00-aa-bb-01")


def test_the_body_is_passed_on_byte_for_byte_even_what_this_version_does_not_know() -> None:
    value = b'{"message_id":"m-1","number":7,"customer_id":null,"body":' + orjson.dumps(BODY) + b"}"
    assert read_letter(Record(value)).body == orjson.dumps(BODY)


def test_a_message_about_no_customer() -> None:
    letter = read_letter(record(customer_id=None, sequence=None, severity=None))
    assert (letter.customer_id, letter.sequence, letter.severity) == (None, None, None)


@pytest.mark.parametrize(
    "changes", [{"body": None}, {"body": {"type": "unheard.of"}}, {"severity": "fatal"}, {"message_id": None}]
)
def test_what_is_no_message_says_where_but_not_what(changes: dict[str, object]) -> None:
    with pytest.raises(Unreadable) as caught:
        read_letter(record(**changes))
    assert caught.value.number == 7
    assert next(iter(changes)) in caught.value.reason
    assert "unheard" not in caught.value.reason


@pytest.mark.parametrize("value", [None, b"", b"\x00", b"[]", b"7", b"{}", b'{"number": "7"}', b'{"number": 0}'])
def test_what_has_no_number_is_unreadable_without_one(value: bytes | None) -> None:
    with pytest.raises(Unreadable) as caught:
        read_letter(Record(value))
    assert caught.value.number is None


def test_without_its_stamp_it_cannot_be_read_but_its_number_can() -> None:
    with pytest.raises(Unreadable, match="headers") as caught:
        read_letter(Record(orjson.dumps(MESSAGE), headers=[]))
    assert caught.value.number == 7


def marks(sequences: tuple[int, ...]) -> dict[str, str]:
    sent = read_letter(record(sequence=200_000))
    return dict(Delivery("d-1", "e-1", sent, skipped=sequences, collapsed=sequences).marks())


@pytest.mark.parametrize("name", ["chokepoint-skipped", "chokepoint-collapsed"])
def test_a_header_names_a_hundred_sequences_and_counts_the_others(name: str) -> None:
    assert marks((4, 5))[name] == "4,5"
    assert marks(tuple(range(1, 101)))[name].endswith(",99,100")
    assert marks(tuple(range(1, 100_001)))[name].endswith(",99,100,+99900")
    assert name not in marks(())


def test_one_that_is_replayed_does_not_name_later_ones_that_were_given_up() -> None:
    assert marks((4, 200_000, 300_000))["chokepoint-skipped"] == "4"
    assert "chokepoint-skipped" not in marks((200_001,))


def test_the_same_message_and_endpoint_are_the_same_delivery_wherever_they_meet() -> None:
    assert delivery_id("m-1", "e-1") == delivery_id("m-1", "e-1")
    assert len({delivery_id("m-1", "e-1"), delivery_id("m-1", "e-2"), delivery_id("m-2", "e-1")}) == 3

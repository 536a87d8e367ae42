"""What could not be understood gets back to where it stood, as it was, once; where that would do harm it does not."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.cli.dead_letters import Letter, dead_letters, letter_of, original, told
from shared.errors import ChokepointError
from shared.kafka.record import DeadLetter, Outgoing, dead_letter

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Record:
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


SENT = Record("events.news", 3, 41, b"e-1", b"\x00no news", [("event-id", b"e-1"), ("schema", b"news/9")])


def buried(record: Record, offset: int = 7) -> Record:
    letter = dead_letter(record, DeadLetter("no news: body: Field required"), "classifier", AT)
    return Record(letter.topic, 0, offset, letter.key, letter.value, list(letter.headers))


def test_it_is_put_back_as_it_was_to_where_it_stood() -> None:
    assert original(buried(SENT)) == Outgoing("events.news", b"e-1", b"\x00no news", SENT.headers, 3)


def test_what_died_twice_is_put_back_as_it_was_at_first() -> None:
    again = original(buried(SENT))
    assert again
    second = buried(replace(SENT, offset=99, headers=list(again.headers)))
    assert original(second) == again


@pytest.mark.parametrize("source", [b"", b"elsewhere", b"customers/0/3"])
def test_what_no_reader_of_ours_wrote_is_put_nowhere(source: bytes) -> None:
    strange = replace(buried(SENT), headers=[("dlq.source", source)] if source else [])
    assert original(strange) is None
    assert letter_of(strange, 0).reason == "?"


def test_a_letter_says_when_where_who_and_why() -> None:
    letter = letter_of(buried(SENT), put_back_before=7)
    assert letter == Letter(
        "2026-11-25T12:00:00.000000Z", "events.news/3/41", "classifier", "decode", "no news: body: Field required"
    )
    assert letter_of(buried(SENT), put_back_before=8).put_back


def test_those_that_wait_are_shown_and_those_that_were_put_back_counted() -> None:
    waiting, done = letter_of(buried(SENT), 0), letter_of(buried(SENT), 8)
    assert told("events.news", [done, waiting], 1).splitlines() == [
        "2026-11-25T12:00:00.000000Z  events.news/3/41  classifier, decode: no news: body: Field required",
        "dead letters of events.news: 1, put back now: 1, put back before: 1",
    ]
    assert told("world", [], 0) == "dead letters of world: 0"


@pytest.mark.parametrize(
    ("topic", "said"),
    [("customers", "events.news, world, ledger"), ("measures", "the newest record of each key counts")],
)
def test_what_has_no_letters_or_would_be_hidden_by_them_is_left_alone(topic: str, said: str) -> None:
    everything: dict[str, Any] = {"put_back": True, "as_json": False}
    with pytest.raises(ChokepointError, match=said):
        dead_letters(topic, **everything)

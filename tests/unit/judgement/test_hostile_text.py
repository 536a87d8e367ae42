"""A text of 100,000 characters is judged in bounded time, whatever it is made of: no expression that can explode, no
loop whose cost grows with the square of the length. The limit is some ten times what it takes."""

import time

import pytest

from shared.domain.judgement.judge import judge, ready_to_judge
from shared.domain.judgement.reader import Reader, light_reader
from tests.unit.judgement.encoder.the_base import shipped
from tests.unit.judgement.texts import news

LONGEST = 100_000
SECONDS = 5.0

BODIES = {
    "one word": "a" * LONGEST,
    "one word in capitals": "A" * LONGEST,
    "a name and one word": "cobalt " + "a" * LONGEST,
    "one word of Chinese": "许" * LONGEST,
    "names without a space": "稀土" * LONGEST,
    "sentences": "Terbium licences were denied. " * LONGEST,
    "lines": "terbium\n" * LONGEST,
    "capitalised words": "Cobalt " + "Aa " * LONGEST,
    "numbers": "cobalt " + "1 " * LONGEST,
    "days": "cobalt 3 March 2025 " * LONGEST,
    "legal forms": "Cobalt Inc " * LONGEST,
    "Chinese companies": "钴公司" * LONGEST,
    "states": "China US Japan cobalt " * LONGEST,
    "quotes": "cobalt \"'”’" * LONGEST,
    "full stops": "cobalt" + "." * LONGEST,
    "spaces": "cobalt" + " " * LONGEST + "end",
    "combining marks": "cobalt e" + "\u0301" * LONGEST,
    "bidirectional controls": "\u202ecobalt\u202d" * LONGEST,
    "emoji": "cobalt🫠" * LONGEST,
    "markup": "<p><a href='cobalt'>cobalt</a></p>" * LONGEST,
    "nulls": "cobalt\x00" * LONGEST,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_bounded_time(body: str) -> None:
    read_in_time(body, light_reader())


@pytest.mark.long
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_bounded_time_of_the_encoder(body: str) -> None:
    read_in_time(body, shipped())


def read_in_time(body: str, reader: Reader) -> None:
    ready_to_judge(reader)
    begun = time.process_time()
    judgement = judge(news("Cobalt", body[:LONGEST]), "event", reader)
    assert time.process_time() - begun < SECONDS
    assert len(judgement.signals) <= 40

"""Whether a text can be about supply at all: it names a material, a producer, or a list or control of exports.

Nineteen texts of twenty end here, so it looks at names only; what it lets pass is still to be judged."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from shared.catalog import matcher
from shared.contracts.events import News

_TABLE = Path(__file__).parent / "lexicon" / "gate.json"


class Names(NamedTuple):
    """Where materials are named, for a text that the gate lets pass."""

    title: list[matcher.Span]
    body: list[matcher.Span]


def look(news: News) -> Names | None:
    names = Names(matcher.find(news.title), matcher.find(news.body) if news.body else [])
    if names.title or names.body or _lists_or_producers(news.title) or _lists_or_producers(news.body):
        return names
    return None


def _lists_or_producers(text: str) -> bool:
    folded = text.lower()
    return any(
        _begins_a_word(folded, start) for _, start, _ in _automaton().find_matches_as_indexes(folded, overlapping=True)
    )


def _begins_a_word(folded: str, start: int) -> bool:
    return start == 0 or folded[start] >= "\u1100" or not folded[start - 1].isalnum()


@cache
def _automaton() -> AhoCorasick:
    table: dict[str, list[str]] = json.loads(_TABLE.read_text("utf-8"))
    words = [word for words in table.values() for word in words]
    return AhoCorasick(words, store_patterns=False, implementation=Implementation.ContiguousNFA)

"""States in a text, by their names, their people, their capitals and agencies (`lexicon/places.json`).

In Latin script a name that is written with a capital counts only with one (Polish, but not polish); short forms in
capitals count as they stand (US, but not us)."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

_TABLE = Path(__file__).parent / "lexicon" / "places.json"


class Place(NamedTuple):
    start: int
    end: int
    country: str
    acts: bool
    """A government's seat, an agency or its head: who is named so acts, and is not only where something happens."""


class _Name(NamedTuple):
    country: str
    acts: bool
    written: str
    opens: bool
    closes: bool


def find(text: str) -> list[Place]:
    """In order; the longest name wins (South Korea, not Korea)."""
    automaton, names = _automaton()
    folded = text.lower()
    if len(folded) != len(text):  # one letter (İ) lengthens in lower case
        folded = "".join(letter.lower()[0] for letter in text)
    found = []
    for index, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
        name = names[index]
        if _stands_alone(folded, start, end, name) and _is_written(text[start:end], name.written):
            found.append(Place(start, end, name.country, name.acts))
    return sorted(_longest(found, len(text)))


def _stands_alone(folded: str, start: int, end: int, name: _Name) -> bool:
    if name.opens and start and folded[start - 1].isalnum() and folded[start - 1] < "\u1100":
        return False
    return not (name.closes and end < len(folded) and folded[end].isalnum() and folded[end] < "\u1100")


def _is_written(found: str, written: str) -> bool:
    if written.isupper() and len(written) <= 5:
        return found == written
    return not written[0].isupper() or found[0].isupper()


def _longest(found: list[Place], length: int) -> list[Place]:
    taken = bytearray(length)
    kept = []
    for place in sorted(found, key=lambda place: (place.start - place.end, place.start, not place.acts)):
        if not any(taken[place.start : place.end]):
            taken[place.start : place.end] = b"\x01" * (place.end - place.start)
            kept.append(place)
    return kept


@cache
def _automaton() -> tuple[AhoCorasick, tuple[_Name, ...]]:
    table: Mapping[str, Mapping[str, list[str]]] = json.loads(_TABLE.read_text("utf-8"))
    names = [
        _Name(country, role == "actors", word.rstrip("*"), word[0] < "\u1100", word[-1] < "\u1100" and word[-1] != "*")
        for country, roles in table.items()
        for role, words in roles.items()
        for word in words
    ]
    words = [name.written.lower() for name in names]
    return AhoCorasick(words, store_patterns=False, implementation=Implementation.ContiguousNFA), tuple(names)

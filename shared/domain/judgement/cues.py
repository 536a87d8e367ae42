"""Words that speak of licences, lists, bans …, and of what is denied, supposed or planned: `lexicon/<language>.json`.

A cue is data: its class → phrases; a star at an end lets the word go on there (genehmig*, *lizenz). Cues are evidence
for a reading, never its condition."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from shared.domain.judgement.language import Language

_LEXICON = Path(__file__).parent / "lexicon"


class Cue(NamedTuple):
    start: int
    end: int
    kind: str


def find(folded: str, language: Language | None) -> list[Cue]:
    """Every cue in a text in lower case, in order; several kinds may stand at one place.

    English counts in Chinese, Japanese and Korean too: they quote it, and it takes nothing from them."""
    if language is None:
        return []
    found = set(_find(folded, language))
    if language in ("zh", "ja", "ko"):
        found |= set(_find(folded, "en"))
    return sorted(found)


def _find(folded: str, language: Language) -> Iterator[Cue]:
    automaton, phrases = _automaton(language)
    for index, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
        kind, opens, closes = phrases[index]
        if opens and start and folded[start - 1].isalnum():
            continue
        if closes and end < len(folded) and folded[end].isalnum():
            continue
        yield Cue(start, end, kind)


@cache
def _automaton(language: Language) -> tuple[AhoCorasick, tuple[tuple[str, bool, bool], ...]]:
    """The phrases to look for and, at the same index, the kind of each and whether a word must begin and end there."""
    lexicon: Mapping[str, list[str]] = json.loads((_LEXICON / f"{language}.json").read_text("utf-8"))
    entries = [(phrase, kind) for kind, listed in lexicon.items() for phrase in listed]
    words = [phrase.strip("*").lower() for phrase, _ in entries]
    ends = tuple(
        (kind, _spaced(word[0]) and not phrase.startswith("*"), _spaced(word[-1]) and not phrase.endswith("*"))
        for (phrase, kind), word in zip(entries, words, strict=True)
    )
    return AhoCorasick(words, store_patterns=False, implementation=Implementation.ContiguousNFA), ends


def _spaced(letter: str) -> bool:
    """A letter of a script that puts spaces between words."""
    return letter.isalnum() and letter < "\u1100"

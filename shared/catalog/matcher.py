"""Where a text names materials, in eight languages at once.

- The longest name wins: in "neodymium magnet" the magnets, not the element; a phrase that never means the material
  (gallium scan) hides the name inside it.
- Latin names must stand alone as words, or head a compound of the trade in German or Dutch (Galliumexporte,
  wolfraampoeder); names in Chinese, Japanese and Korean need no boundary.
- Ambiguous words are found and marked: the reader decides by what stands around them. Abbreviations among them (APT,
  LFP) count only as they are written, those of Hangul only where a word begins (주석, not 국가주석).
- Element symbols count in company only (see symbols.py), and are marked ambiguous too.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from shared.catalog.files import read
from shared.catalog.materials import Material, materials
from shared.catalog.spelling import fold
from shared.catalog.symbols import symbols


class Span(NamedTuple):
    """Code points [start, end) of the text as given."""

    start: int
    end: int
    slug: str
    ambiguous: bool


def find(text: str) -> list[Span]:
    """Every place where the text names a material, in order; a name of two (NdPr) yields both at one place."""
    taken = bytearray(len(text))
    places = _longest(list(_candidates(text)), taken)
    spans = [Span(start, end, slug, reading.ambiguous) for start, end, reading in places for slug in reading.slugs]
    for start, end, slug in symbols(text):
        if not any(taken[start:end]):
            spans.append(Span(start, end, slug, ambiguous=True))
    return sorted(spans)


class _Reading(NamedTuple):
    """One way to read a string of the automaton."""

    slugs: tuple[str, ...]
    """None of them: another meaning, which hides the names inside it."""
    ambiguous: bool
    written: str | None
    """The only spelling that counts; None: any."""
    opens: bool
    """Only where a word begins."""
    closes: bool
    """Only where a word ends."""


_Place = tuple[int, int, _Reading]


def _candidates(text: str) -> Iterator[_Place]:
    automaton, readings = _automaton()
    folded, origin = fold(text)
    for index, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
        reading = readings[index]
        if (reading.opens and _runs_on_before(folded, start)) or (reading.closes and _runs_on_after(folded, end)):
            continue
        first, last = (origin[start][0], origin[end - 1][1]) if origin else (start, end)
        if reading.written is None or text[first:last] == reading.written:
            yield first, last, reading


def _longest(found: list[_Place], taken: bytearray) -> list[_Place]:
    """Marks in `taken` what they cover: a page of 50,000 names costs no more than its length."""
    kept: list[_Place] = []
    for place in sorted(found, key=lambda place: (place[0] - place[1], place[0])):
        start, end, _ = place
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            kept.append(place)
    return kept


def _runs_on_before(folded: str, start: int) -> bool:
    return start > 0 and _same_word(folded[start], folded[start - 1])


def _runs_on_after(folded: str, end: int) -> bool:
    return (
        end < len(folded) and _same_word(folded[end - 1], folded[end]) and not folded.startswith(_compound_tails(), end)
    )


def _same_word(edge: str, neighbour: str) -> bool:
    return neighbour.isalnum() if _is_hangul(edge) else _is_spaced(neighbour)


def _is_hangul(letter: str) -> bool:
    return "\uac00" <= letter <= "\ud7a3"


def _is_spaced(letter: str) -> bool:
    """A letter of a script that puts spaces between words, or a digit."""
    return letter < "\u1100" and letter.isalnum()


@cache
def _compound_tails() -> tuple[str, ...]:
    """A closed list: names as mere prefixes would find antimony in antimonopoly and tantalum in tantalising."""
    by_language: dict[str, list[str]] = json.loads(read("compound_tails.json"))
    return tuple(tail for tails in by_language.values() for tail in tails)


@cache
def _automaton() -> tuple[AhoCorasick, tuple[_Reading, ...]]:
    """The strings to look for and, at the same index, how to read each."""
    readings: dict[tuple[str, str | None], _Reading] = {}
    for material in materials().values():
        for word, reading in _readings(material):
            key = fold(word)[0], reading.written
            earlier = readings[key].slugs if key in readings else ()
            readings[key] = reading._replace(slugs=tuple(dict.fromkeys(earlier + reading.slugs)))
    words = [folded for folded, _ in readings]
    automaton = AhoCorasick(words, store_patterns=False, implementation=Implementation.ContiguousNFA)
    return automaton, tuple(readings.values())


def _readings(material: Material) -> Iterator[tuple[str, _Reading]]:
    ambiguous = {word.text for word in material.ambiguous}
    for names in material.names.values():
        for name in names:
            if name not in ambiguous:
                yield name, _reading(name, (material.slug,), ambiguous=False)
    for word in material.ambiguous:
        if word.text != material.symbol:
            slugs = () if word.sense == "other" else (material.slug,)
            yield word.text, _reading(word.text, slugs, ambiguous=True)


def _reading(word: str, slugs: tuple[str, ...], *, ambiguous: bool) -> _Reading:
    hangul = _is_hangul(word[0])
    return _Reading(
        slugs=slugs,
        ambiguous=ambiguous,
        written=word if ambiguous and slugs and _is_abbreviation(word) else None,
        opens=ambiguous if hangul else _is_spaced(word[0]),
        # One syllable of Hangul (은, silver) is a particle wherever it touches another.
        closes=(ambiguous and len(word) == 1) if hangul else _is_spaced(word[-1]),
    )


def _is_abbreviation(word: str) -> bool:
    has_inner_capital = word[1:] != word[1:].lower()
    return word.isascii() and word.isalpha() and (has_inner_capital or (len(word) <= 3 and word[0].isupper()))

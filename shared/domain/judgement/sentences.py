"""Where sentences begin and end, in eight languages. One pass, no backtracking: time grows with the length only."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from shared.domain.judgement.layout import Span, unwrapped

LONGEST: Final = 600
"""Code points: what runs on longer (a table, a page without full stops) is cut at a space."""

_WORDS = Path(__file__).parent / "lexicon" / "words.json"
_END = re.compile(
    r"[。！？；!?…]+[」』”’\"')）】]*|\.+(?:[”’\"')]|&[a-z0-9#]{2,7};)*(?=\s|$)|[\n\r\u2028\u2029]+"
    r"|\.(?=[A-ZÀ-Þ][a-zß-ÿ])"
)
_LAST_WORD = re.compile(r"(\w[\w.'’]{0,11})\.\Z")


def split(text: str) -> list[Span]:
    """Sentences in order, without the white space around them."""
    text = unwrapped(text)
    return [piece for sentence in _sentences(text) for piece in _pieces(text, sentence)]


def _sentences(text: str) -> Iterator[Span]:
    start = 0
    for stop in _END.finditer(text):
        if stop.end() > start and not _goes_on(text, start, stop):
            yield Span(start, stop.end())
            start = stop.end()
    yield Span(start, len(text))


def _goes_on(text: str, start: int, stop: re.Match[str]) -> bool:
    if text[stop.start()] != ".":
        return False
    follows = text[stop.end() : stop.end() + 2].lstrip()
    if follows and follows[0].islower():
        return True
    if stop.end() - stop.start() > 1:
        return False
    word = _LAST_WORD.search(text, max(start, stop.start() - 13), stop.start() + 1)
    if word is None:
        return False
    last = word.group(1)
    initial = len(last) == 1 and last.isupper()
    ordinal = last.isdigit() and len(last) < 3 and follows[:1].isalpha()  # German: am 3. Oktober
    return initial or last.lower() in _abbreviations() or (ordinal and bool(_MONTH_AHEAD.match(text, stop.end())))


_MONTH_AHEAD = re.compile(r"\s?(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Jahrhundert)")


def _pieces(text: str, sentence: Span) -> Iterator[Span]:
    start, end = _trimmed(text, sentence)
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = start + LONGEST if cut < 0 else cut
        yield _trimmed(text, Span(start, cut))
        start, end = _trimmed(text, Span(cut, end))
    if start < end:
        yield Span(start, end)


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


@cache
def _abbreviations() -> frozenset[str]:
    """What a full stop belongs to without ending the sentence, in lower case."""
    return frozenset(json.loads(_WORDS.read_text("utf-8"))["abbreviations"])

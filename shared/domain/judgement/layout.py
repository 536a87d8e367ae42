"""How a page is set, as against what it says: lines broken for their length, and what stands around an article.

Every place keeps its number: evidence is given by the code points of the field as posted."""

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final, NamedTuple

COLUMN: Final = (40, 100)
"""Code points of the longest line of a text set in a column."""
LONGEST_ITEM: Final = 160
LONGEST_LINE: Final = 400
"""Code points of a headline in a list, and of a line of links, labels or fine print."""

_CLUTTER = Path(__file__).parent / "lexicon" / "clutter.json"
_LINE = re.compile(r"[^\n\r]+")
_GOES_ON = re.compile(r"\n(?=[a-zß-öø-ÿ])")
_ITEM = re.compile(r"\s*(?:[-–—•*▶▷■□●>]|\d{1,2}[.)])\s*")
_MENU = re.compile(r"[^|·›»\d]{1,40}(?:[|·›»][^|·›»\d]{1,40}){3,}")
"""Links in a row; with figures it is a table."""
_NAME = r"(?:[A-ZÀ-Ý][\w'’-]{1,30}\s){2,3}"
_ENDS = re.compile(r"[.。!！;；][”’»\"')）」』]*\s*\Z")


class Span(NamedTuple):
    """Code points [start, end)."""

    start: int
    end: int


def unwrapped(text: str) -> str:
    """With a space for each line break that only keeps lines short."""
    blocks = groupby(text.split("\n"), key=lambda line: bool(line.strip()))
    return "\n".join(_flowing(list(lines)) for _, lines in blocks)


def _flowing(lines: list[str]) -> str:
    block, longest = "\n".join(lines), max(map(len, lines))
    if not COLUMN[0] <= longest <= COLUMN[1]:
        return block
    full = [len(line) + 1 + len(after.split(" ", 1)[0]) > longest for line, after in pairwise(lines)]
    if len(full) > 1 and all(full):
        return " ".join(lines)
    return _GOES_ON.sub(lambda found: " " if _fills(block, found.start()) else "\n", block)


def _fills(block: str, end: int) -> bool:
    return end - (block.rfind("\n", 0, end) + 1) >= COLUMN[0]


def clutter(text: str) -> list[Span]:
    """Menus, lists of other articles, labels, fine print and who wrote it, in order: what they name is none of this
    text's news."""
    return list(_clutter(text))


def _clutter(text: str) -> Iterator[Span]:
    listing = False
    for found in _LINE.finditer(text):
        line = found.group()
        if not line.strip():
            continue
        if opening := _opening().match(line):
            listing = opening["heading"] is not None and not line[opening.end() :].strip(" :：-–—|>»】］」]\t")
            cut = len(line) <= LONGEST_LINE
        elif _MENU.fullmatch(line) or _author().match(line):
            listing, cut = False, len(line) <= LONGEST_LINE
        else:
            listing = listing and _is_headline(line)
            cut = listing
        if cut:
            yield Span(*found.span())


def _is_headline(line: str) -> bool:
    return len(line) <= LONGEST_ITEM and (bool(_ITEM.match(line)) or not _ENDS.search(line))


@cache
def _opening() -> re.Pattern[str]:
    """A heading stands alone or before a colon or bracket; fine print begins with its phrase."""
    headings, lines = _phrases("headings"), _phrases("lines")
    return re.compile(
        rf"[\W_]*(?:(?P<heading>{headings})(?=\s*(?:[:：|>»】］」\]]|\Z))|(?:{lines})(?![a-zß-ÿ]))", re.IGNORECASE
    )


@cache
def _author() -> re.Pattern[str]:
    return re.compile(rf"\s*{_NAME}(?:{_phrases('authors')})\b")


def _phrases(kind: str) -> str:
    table: dict[str, list[str]] = json.loads(_CLUTTER.read_text("utf-8"))
    return "|".join(re.escape(phrase).replace("'", "['’]") for phrase in sorted(table[kind], key=len, reverse=True))

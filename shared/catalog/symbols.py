"""Element symbols in running text.

Alone they are words (In, La, Er), units or initials; in company they are elements: "Dy and Tb", "Sm, Gd, Lu".
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from shared.catalog.materials import materials

_BETWEEN = r"(?:\s?[,，、/·・&+]\s?|,?\s(?:and|und|et|y|en)\s)"
# Two in a list may be a pair of surnames or states (Li and Lu, MN and MO); these are neither.
_TELLING = frozenset(["Ga", "Dy", "Tb", "Nd", "Pr", "Sm", "Gd", "Tm", "Yb", "Sb", "Nb"])


def symbols(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, slug) of each symbol that stands in a list of three, or in a pair with one that is no word."""
    for company in _lists().finditer(text):
        start = company.start()
        if start and (text[start - 1] in "-_" or (text[start - 1] < "\u1100" and text[start - 1].isalnum())):
            continue
        found = [(one.start(), one.end(), one.group()) for one in _single().finditer(text, start, company.end())]
        if len(found) > 2 or any(symbol in _TELLING for _, _, symbol in found):
            yield from ((first, last, _slugs()[symbol]) for first, last, symbol in found)


@cache
def _slugs() -> Mapping[str, str]:
    return {material.symbol: material.slug for material in materials().values() if material.symbol}


@cache
def _single() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(sorted(_slugs(), key=len, reverse=True)) + r")(?![\w-])")


@cache
def _lists() -> re.Pattern[str]:
    one = _single().pattern
    return re.compile(f"{one}(?:{_BETWEEN}{one})+")

"""One spelling for names that people write in several: case, width, hyphens, accents put on afterwards."""

import re
import unicodedata
from collections.abc import Sequence

_SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015\u2212'\u2019\u00b7\u30fb]+")

_APOSTROPHE = "\u2019"
# A dash before a digit stays: gallium-68 is a scan, "gallium 68" is not.
_BREAKS = re.compile(r"[\t\n\r\v\f\u00a0\u2000-\u200a\u202f\u3000]|[\-\u2010-\u2015\u2212](?!\d)")
_MARKS = r"[\u0300-\u036f\u3099\u309a\uff9e\uff9f\u00ad\u200b-\u200d\u2060\ufeff]"
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")
_HANGUL_PARTS = r"\u1100-\u11ff"
_WIDTHS = r"\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9d"
_LIGATURES_AND_SCRIPTS = r"\ufb00-\ufb06\u2070-\u209c\u00b2\u00b3\u00b9\u0130"
# Texts with none of these have one folded character for each of their own.
_UNUSUAL = re.compile(f"{_MARKS}|[{_HANGUL_PARTS}{_WIDTHS}{_LIGATURES_AND_SCRIPTS}]")
_CLUSTER = re.compile(r"[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?|." + _MARKS + "*", re.DOTALL)


def key(name: str) -> str:
    """Equal for spellings that differ in case, width, spaces, hyphens or apostrophes: rare-earth, Rare Earth."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", name).casefold())


def fold(text: str) -> tuple[str, Sequence[tuple[int, int]] | None]:
    """The text in lower case with plain spaces for breaks and hyphens, and the place of each of its characters in the
    original: None if it is the same."""
    folded = text.lower()
    places: list[tuple[int, int]] | None = None
    if not text.isascii() and _UNUSUAL.search(text):
        folded, places = _fold_clusters(text)
    return _BREAKS.sub(" ", folded).replace(_APOSTROPHE, "'"), places


def _fold_clusters(text: str) -> tuple[str, list[tuple[int, int]]]:
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    for cluster in _CLUSTER.finditer(text):
        # Turkish İ becomes i and a loose dot
        part = unicodedata.normalize("NFKC", _INVISIBLE.sub("", cluster.group())).lower().replace("i\u0307", "i")
        parts.append(part)
        places.extend([cluster.span()] * len(part))
    return "".join(parts), places

"""Which of the eight languages of the lexicon a text is written in. A sender's tag may be wrong: the text decides."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

Language = Literal["en", "zh", "ja", "ko", "de", "fr", "es", "nl"]
_LETTERS: Mapping[Language, str] = {"de": "äöüß", "fr": "èêçàùœâîô", "es": "ñóíúá¿¡"}
"""Letters that one of them has and the others seldom."""
SAMPLE: Final = 2_000
"""Code points looked at: enough to tell, and the same time for a page as for a headline."""

_WORDS = Path(__file__).parent / "lexicon" / "words.json"
_KANA = re.compile(r"[\u3041-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str, tag: str | None = None) -> Language | None:
    """None: none of the eight."""
    sample = text[:SAMPLE]
    letters = max(1, sum(map(len, _WORD.findall(sample))))
    if len(_HANGUL.findall(sample)) * 4 > letters:
        return "ko"
    if len(_KANA.findall(sample)) * 10 > letters:
        return "ja"
    if len(_HAN.findall(sample)) * 4 > letters:
        return "ja" if tag and tag.lower().startswith("ja") else "zh"
    return _latin(sample, tag)


def _latin(sample: str, tag: str | None) -> Language | None:
    words = _WORD.findall(sample.lower())
    hits = {language: sum(word in telling for word in words) for language, telling in _telling().items()}
    for language, letters in _LETTERS.items():
        hits[language] += sum(letter in letters for letter in sample.lower())
    best = max(hits, key=lambda language: hits[language])
    tagged = next((language for language in hits if tag and tag.lower().startswith(language)), None)
    if tagged and hits[tagged] * 2 >= hits[best]:
        return tagged
    if hits[best] or any(word.isascii() for word in words):
        return best if hits[best] else "en"
    return None


@cache
def _telling() -> Mapping[Language, frozenset[str]]:
    """Words that are frequent in one of them and rare in the others."""
    words: dict[Language, list[str]] = json.loads(_WORDS.read_text("utf-8"))["telling"]
    return {language: frozenset(listed) for language, listed in words.items()}

"""What the light model sees of a sentence: words, pairs of words, pieces of words of scripts without spaces, and cues.

A feature is a short string whose first letter says what it is; the model knows its CRC-32. Names of materials and
states are masked (document.py). A change here needs the model trained again (services/classifier/training)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Final
from zlib import crc32

from shared.domain.judgement.document import Sentence

VERSION: Final = 2
_MODAL: Final = frozenset(["Knegation", "Krefute", "Kspeculation", "Kexpectation", "Kdeny", "Kinsider", "Kthreat"])

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,]\d+)*|[$€£¥%?？]")
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[a-z]+|[\uac00-\ud7a3]+")
_LONGEST_WORD: Final = 40


def of(sentence: Sentence) -> frozenset[str]:
    found = set(_words(sentence.masked))
    found.update(_cues(sentence))
    return frozenset(found)


def of_text(sentences: Sequence[Sentence], per_sentence: Sequence[frozenset[str]]) -> set[str]:
    """Of a window: everything that its sentences have, and the cues of the title once more."""
    found: set[str] = set().union(*per_sentence)
    for sentence, features in zip(sentences, per_sentence, strict=True):
        if sentence.field == "title":
            found.update(f"T{feature}" for feature in features if feature[0] in "KP")
    return found


def of_claim(kind: str, sentence: Sentence, own: frozenset[str], near: Iterable[frozenset[str]]) -> set[str]:
    """Of what a sentence does with a claim of a kind: its own features, the order of its cues, and words around it.

    The kind stands with the cues of modality: a licence denied is one thing, a ban denied another."""
    found = {f"E{feature}" for feature in own}
    found.update(f"X{kind}{feature}" for feature in own if feature in _MODAL)
    found.add(f"Y{kind}")
    kinds = [cue.kind for cue in sentence.cues]
    found.update(f"EO{first}>{then}" for first, then in pairwise(kinds) if first != then)
    for features in near:
        found.update(f"C{feature}" for feature in features if feature[0] in "KPw")
    return found


def key(feature: str) -> int:
    return crc32(feature.encode())


def _words(masked: str) -> Iterator[str]:
    before = "^"
    for match in _TOKEN.finditer(masked):
        token = match.group()
        if token[0].isdigit():
            before = "0"
        elif token.isascii() or token[0] < "\u1100":
            yield from _latin(token[:_LONGEST_WORD], before)
            before = token[:_LONGEST_WORD]
        else:
            for run in _RUN.findall(token):
                yield from _latin(run, before) if run[0] < "\u1100" else _pieces(run)
                before = run[-1]


def _latin(word: str, before: str) -> Iterator[str]:
    yield f"w{word}"
    yield f"b{before} {word}"
    if len(word) > 5:
        yield f"p{word[:5]}"


def _pieces(run: str) -> Iterator[str]:
    hangul = run[0] >= "\uac00"
    if hangul:
        yield f"w{run[:_LONGEST_WORD]}"
        run = f"_{run}_"
    for size in (2, 3) if hangul else (2, 3, 4):
        for start in range(len(run) - size + 1):
            yield f"g{run[start : start + size]}"


def _cues(sentence: Sentence) -> Iterator[str]:
    kinds = sorted({cue.kind for cue in sentence.cues})
    yield from (f"K{kind}" for kind in kinds)
    yield from (f"P{one}+{other}" for one, other in combinations(kinds, 2))
    if sentence.materials:
        yield "Kmaterial"
    if any(not span.ambiguous for span in sentence.materials):
        yield "Kclear"
    for acts in {place.acts for place in sentence.places}:
        yield "Kactor" if acts else "Kstate"

"""Text to pieces of words: the unigram model of the base's vocabulary, whose likeliest division of a word is taken.

Of 250,000 pieces an automaton costs a fifth of the memory of a tokenizer library, and words come again: most are looked
up."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation
from numpy.typing import NDArray

from shared.domain.judgement.encoder.base import Base
from shared.domain.judgement.encoder.chunks import PREFIX, Signs

Ids = NDArray[np.int32]

SPACE: Final = "▁"
"""Stands at the beginning of each word."""
SPECIAL: Final = 4
"""The first pieces are signs of the model's own."""
WORDS_KEPT: Final = 50_000
LONGEST: Final = 400
"""Letters that are divided at once: what has no spaces for longer is cut."""
_UNKNOWN: Final = 10.0
"""How much less likely than the least likely piece a letter is that no piece has."""
_WHITE = re.compile(r"\s+")


class Tokens:
    def __init__(self, base: Base) -> None:
        self._scores = base.scores.tolist()
        self._lengths = [len(piece) for piece in base.pieces]
        self._unk = base.unk
        self._worst = float(base.scores.min()) - _UNKNOWN
        kept = [piece if number >= SPECIAL else f"\0{number}" for number, piece in enumerate(base.pieces)]
        self._automaton = AhoCorasick(kept, store_patterns=False, implementation=Implementation.ContiguousNFA)
        self._divided = lru_cache(WORDS_KEPT)(self._divide)

        self.signs = Signs(self.of(PREFIX), base.bos, base.eos)

    def of(self, text: str) -> Ids:
        words = _WHITE.split(unicodedata.normalize("NFKC", text).strip())
        found: list[int] = []
        for word in filter(None, words):
            marked = SPACE + word
            for start in range(0, len(marked), LONGEST):
                found += self._divided(marked[start : start + LONGEST])
        return np.array(found, np.int32)

    def _divide(self, word: str) -> tuple[int, ...]:
        """Best score up to each letter, from left to right; then back along the best pieces."""
        best = [-1e30] * (len(word) + 1)
        best[0] = 0.0
        piece, scores = [self._unk] * len(best), self._scores
        ends: list[list[int]] = [[] for _ in best]
        for index, _, end in self._automaton.find_matches_as_indexes(word, overlapping=True):
            ends[end].append(index)
        for end in range(1, len(best)):
            best[end] = best[end - 1] + self._worst
            for index in ends[end]:
                score = best[end - self._lengths[index]] + scores[index]
                if score > best[end]:
                    best[end], piece[end] = score, index
        found: list[int] = []
        end = len(word)
        while end:
            if piece[end] != self._unk or not found or found[-1] != self._unk:
                found.append(piece[end])
            end -= self._lengths[piece[end]] if piece[end] != self._unk else 1
        return tuple(reversed(found))

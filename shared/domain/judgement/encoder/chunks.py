"""What the encoder reads at once: a short text whole, of a longer one a run of sentences under the title, with the
sentence before and after for what they refer to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.judgement.document import Sentence

Ids = NDArray[np.int32]

PREFIX: Final = "query:"
"""What the base was trained to see before a text."""
WHOLE: Final = 200
RUN: Final = 120
BESIDE: Final = 60
LARGEST: Final = 250
"""Tokens: a text up to the first is read whole, a run has up to the second, a neighbour up to the third; what is longer
than the last is cut."""
MOST_TOGETHER: Final = 14
"""Sentences of a run."""
NONE: Final = -1
"""The sentence of a token that belongs to none."""


@dataclass(frozen=True)
class Chunk:
    ids: Ids
    at: Ids
    """For each token the place in `sentences` of the one it belongs to."""
    sentences: tuple[int, ...]
    """Indexes in the document."""
    own: frozenset[int]
    """Those that are judged here; the others are there to be referred to."""


@dataclass(frozen=True)
class Signs:
    prefix: Ids
    begin: int
    end: int


def chunks(
    sentences: Sequence[Sentence],
    tokens: Callable[[str], Ids],
    signs: Signs,
    worth_reading: Callable[[int], bool] = lambda _: True,
) -> list[Chunk]:
    """Of a long text's body the sentences that are worth reading."""
    ids = [tokens(sentence.text) for sentence in sentences]
    title = [index for index, sentence in enumerate(sentences) if sentence.field == "title"]
    body = [index for index, sentence in enumerate(sentences) if sentence.field != "title"]
    sizes = [len(each) for each in ids]
    if sum(sizes) <= WHOLE and len(body) <= MOST_TOGETHER:
        return [_chunk(ids, [*title, *body], frozenset([*title, *body]), signs)] if sentences else []
    body = [index for index in body if worth_reading(index)]
    made = []
    for number, run in enumerate(_runs(body, sizes)):
        own = frozenset([*title, *run] if number == 0 else run)
        beside = [index for index in (run[0] - 1, run[-1] + 1) if index in body and sizes[index] < BESIDE]
        made.append(_chunk(ids, [*title, *sorted({*run, *beside})], own, signs))
    return made or [_chunk(ids, title, frozenset(title), signs)]


def _runs(body: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    room = 0
    for index in body:
        if not runs or sizes[index] > room or len(runs[-1]) >= MOST_TOGETHER:
            runs.append([])
            room = RUN
        runs[-1].append(index)
        room -= sizes[index]
    return runs


def _chunk(ids: Sequence[Ids], sentences: Sequence[int], own: frozenset[int], signs: Signs) -> Chunk:
    parts = [signs.prefix, *(ids[index] for index in sentences)]
    places = [np.full(len(part), place - 1, np.int32) for place, part in enumerate(parts)]
    joined, at = np.concatenate(parts)[:LARGEST], np.concatenate(places)[:LARGEST]
    return Chunk(
        ids=np.concatenate([[signs.begin], joined, [signs.end]]).astype(np.int32),
        at=np.concatenate([[NONE], at, [NONE]]).astype(np.int32),
        sentences=tuple(sentences),
        own=own,
    )

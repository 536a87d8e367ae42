"""Chunks of like length together, in batches of few shapes: each shape is compiled once."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.training.encoder.items import Example
from services.classifier.training.encoder.network import Batch
from services.classifier.training.heads import MODALITIES, TYPES
from shared.domain.judgement.encoder.base import Base

SHAPES: Final = ((48, 8), (64, 12), (80, 14), (96, 16), (128, 20), (192, 20), (256, 20))
"""Tokens, and rows: of a chunk's sentences as many as there is room for are learned from."""
TOKENS: Final = 2304
HIDDEN_WORDS: Final = 0.05
"""Share of the words that are made unknown while learning."""

Shape = tuple[int, int]
Drawn = tuple[Shape, list[int]]


def batches(examples: Sequence[Example], draws: np.random.Generator | None) -> list[Drawn]:
    """Of which shape, and which examples; shuffled where there are draws."""
    by_shape: dict[Shape, list[int]] = {}
    order = draws.permutation(len(examples)) if draws else np.arange(len(examples))
    for index in order.tolist():
        shape = next(shape for shape in SHAPES if len(examples[index].chunk.ids) <= shape[0])
        by_shape.setdefault(shape, []).append(index)
    found = [
        (shape, indexes[start : start + TOKENS // shape[0]])
        for shape, indexes in by_shape.items()
        for start in range(0, len(indexes), TOKENS // shape[0])
    ]
    return [found[place] for place in draws.permutation(len(found))] if draws else found


def laid(examples: Sequence[Example], shape: Shape, base: Base, draws: np.random.Generator | None = None) -> Batch:
    length, rows = shape
    count, hidden = TOKENS // length, base.shape.hidden
    arrays = {
        "embedded": np.zeros((count, length, hidden), np.float32),
        "mask": np.zeros((count, length), np.float32),
        "segments": np.zeros((count, rows, length), np.float32),
        "types": np.zeros((count, rows, len(TYPES)), np.float32),
        "weights": np.zeros((count, rows, len(TYPES)), np.float32),
        "modality": np.zeros((count, rows, len(TYPES), len(MODALITIES)), np.float32),
        "relevant": np.zeros(count, np.float32),
        "relevance_weight": np.zeros(count, np.float32),
    }
    arrays["mask"][:, 0], arrays["segments"][:, :, 0] = 1, 1e-3  # a row without tokens looks at the first one
    for place, example in enumerate(examples):
        size, told = len(example.chunk.ids), min(rows, len(example.types))
        arrays["embedded"][place, :size] = base.embedded(_shown(example, base, draws)) + base.positions[:size]
        arrays["mask"][place, :size] = arrays["segments"][place, 0, :size] = 1
        for row, where in _rows(example.chunk.at, rows):
            arrays["segments"][place, row, 0] = 0
            arrays["segments"][place, row, :size] = where
        for name in ("types", "weights", "modality"):
            arrays[name][place, :told] = getattr(example, name)[:told]
        arrays["relevant"][place], arrays["relevance_weight"][place] = example.relevant, example.relevance_weight
    noise = _noise(draws, base.shape.layers, count * length, hidden) if draws else None
    return Batch(**arrays, count=np.float32(len(examples)), noise=noise)


def _shown(example: Example, base: Base, draws: np.random.Generator | None) -> NDArray[np.int32]:
    """While learning, some words are not."""
    ids, at = example.chunk.ids, example.chunk.at
    if draws is None:
        return ids
    hidden = (draws.random(len(ids)) < HIDDEN_WORDS) & (at >= 0)
    return np.where(hidden, np.int32(base.unk), ids)


def _noise(draws: np.random.Generator, layers: int, tokens: int, hidden: int) -> NDArray[np.uint8]:
    rows = 2 * layers + 1
    return np.frombuffer(draws.bytes(rows * tokens * hidden), np.uint8).reshape(rows, tokens, hidden)


def _rows(at: NDArray[np.int32], rows: int) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    for sentence in range(min(int(at.max()) + 1, rows - 1)):
        where = at == sentence
        if where.any():
            yield sentence + 1, where

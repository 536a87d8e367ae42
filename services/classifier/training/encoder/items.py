"""Labelled texts as the encoder learns from them: chunks with a target for the whole and for each sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.classifier.training.heads import MODALITIES, TYPES
from services.classifier.training.texts import Label, Prepared, told_by
from shared.domain.judgement.encoder.base import Floats
from shared.domain.judgement.encoder.chunks import Chunk, chunks
from shared.domain.judgement.encoder.tokens import Tokens

UNSURE: Final = 0.15
"""What a sentence without evidence counts for a type that its text has elsewhere."""
DOUBTFUL: Final = 0.2
"""What a chunk without evidence counts for the relevance of a relevant text."""
_TYPE: Final = {name: place for place, name in enumerate(TYPES)}
_MODALITY: Final = {name: place for place, name in enumerate(MODALITIES)}


@dataclass(frozen=True)
class Example:
    """Targets and what they weigh: row 0 is the whole chunk, then each of its sentences."""

    chunk: Chunk
    types: Floats
    weights: Floats
    modality: Floats
    """Rows × types × modalities: a share for each; 0 where the type is not said."""
    relevant: float
    relevance_weight: float


def examples(prepared: Prepared, tokens: Tokens) -> list[Example]:
    labels = [(label, frozenset(told_by(prepared.document, label))) for label in prepared.item.labels]
    found = chunks(prepared.document.sentences, tokens.of, tokens.signs)
    return [_example(chunk, labels, whole=len(found) == 1) for chunk in found]


def _example(chunk: Chunk, labels: Sequence[tuple[Label, frozenset[int]]], *, whole: bool) -> Example:
    rows = 1 + len(chunk.sentences)
    types = np.zeros((rows, len(TYPES)), np.float32)
    weights = np.ones((rows, len(TYPES)), np.float32)
    modality = np.zeros((rows, len(TYPES), len(MODALITIES)), np.float32)
    weights[1:, [_TYPE[label.type] for label, _ in labels]] = UNSURE
    for label, places in labels:
        kind, asserted = _TYPE[label.type], _MODALITY[label.asserted]
        here = [row for row, index in enumerate(chunk.sentences, 1) if index in places]
        for row in [0, *here] if whole or here else []:
            types[row, kind] = weights[row, kind] = 1
            modality[row, kind, asserted] += 1
    if not whole:
        for label, _ in labels:
            if not types[0, _TYPE[label.type]]:
                weights[0, _TYPE[label.type]] = UNSURE
    modality /= np.maximum(modality.sum(axis=-1, keepdims=True), 1e-9)
    relevant = float(types[0].max())
    unsure = not whole and labels and not relevant
    return Example(chunk, types, weights, modality, relevant, DOUBTFUL if unsure else 1)

"""The heads of the light model, fitted on prepared texts, and as they are kept in its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from services.classifier.training.fit import Floats, Heads, Vocabulary, fit
from services.classifier.training.texts import Prepared
from shared.contracts.signals import Asserted, SignalType
from shared.domain.judgement.direction import BOTH_WAYS

TYPES: Final[tuple[str, ...]] = get_args(SignalType)
MODALITIES: Final[tuple[str, ...]] = get_args(Asserted)
KEPT: Final = {"text": 14_000, "claim": 9_000, "way": 3_000}
"""Features that a head keeps, the heaviest ones."""
UNSURE: Final = 0.15
"""What a window without evidence counts for a type that its text has elsewhere."""


@dataclass(frozen=True)
class Head:
    outputs: tuple[str, ...]
    vocabulary: Vocabulary
    heads: Heads


def fit_all(prepared: Sequence[Prepared]) -> dict[str, Head]:
    windows = [window for each in prepared for window in each.windows]
    claims = [claim for each in prepared for claim in each.claims]
    ways = [c for c in claims if c.label.type in BOTH_WAYS and c.label.direction != "neutral"]
    outputs = ("relevant", *TYPES)
    is_type = np.array([[t in w.types for t in TYPES] for w in windows], np.float32)
    may_be = np.array([[t in w.elsewhere for t in TYPES] for w in windows], bool)
    relevant = np.array([[bool(w.types)] for w in windows], np.float32)
    unclear = np.array([[not w.types and bool(w.elsewhere)] for w in windows], bool)
    importance = np.where(np.hstack([unclear, may_be]), UNSURE, 1).astype(np.float32)
    modality = np.array([[c.label.asserted == m for m in MODALITIES] for c in claims], np.float32)
    eases = np.array([[c.label.direction == "easing"] for c in ways], np.float32)
    return {
        "text": _head("text", outputs, [w.features for w in windows], np.hstack([relevant, is_type]), importance),
        "claim": _head("claim", MODALITIES, [c.features for c in claims], modality, np.ones_like(modality)),
        "way": _head("way", ("eases",), [c.features for c in ways], eases, np.ones_like(eases)),
    }


def _head(name: str, outputs: tuple[str, ...], rows: list[frozenset[int]], targets: Floats, importance: Floats) -> Head:
    softmax = name == "claim"
    vocabulary = Vocabulary.of(rows)
    first = fit(vocabulary.rows(rows), targets, importance, softmax=softmax, steps=40)
    heaviest = np.sort(np.argsort(-np.linalg.norm(first.weights, axis=1), kind="stable")[: KEPT[name]])
    vocabulary = vocabulary.only(heaviest)
    return Head(outputs, vocabulary, fit(vocabulary.rows(rows), targets, importance, softmax=softmax))


def arrays(heads: Mapping[str, Head]) -> dict[str, NDArray[Any]]:
    kept: dict[str, NDArray[Any]] = {}
    for name, head in heads.items():
        scale = np.maximum(np.abs(head.heads.weights).max(axis=0), 1e-9) / 127
        kept[f"{name}_outputs"] = np.array(head.outputs)
        kept[f"{name}_keys"] = head.vocabulary.keys.astype(np.uint32)
        kept[f"{name}_idf"] = head.vocabulary.idf.astype(np.float16)
        kept[f"{name}_weights"] = np.round(head.heads.weights / scale).astype(np.int8)
        kept[f"{name}_scale"] = scale.astype(np.float32)
        kept[f"{name}_bias"] = head.heads.bias.astype(np.float32)
    return kept

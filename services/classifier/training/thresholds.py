"""What is chosen rather than fitted: from which probability a reading is kept, and how probabilities become confidence.

Chosen on readings that a model made of texts it was not fitted on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.training.fit import Floats
from services.classifier.training.scores import f1
from services.classifier.training.texts import Item
from shared.domain.judgement.light_model import combined, logit
from shared.domain.judgement.limits import Limits
from shared.domain.judgement.reader import Reading

Read = Sequence[tuple[Item, Sequence[Reading]]]

GRID: Final = tuple(step / 100 for step in range(10, 91, 2))


CONFIDENT_FROM: Final = 0.2
"""Below, four of five readings are wrong; keeping them would find two relevant texts more of a hundred."""


def weighed(limits: Limits, readings: Iterable[Reading]) -> Iterator[Reading]:
    """With relevance as a reader gives it, from readings of a model that left it as it stands: of a window the
    likeliest comes first."""
    best = 0.5
    for reading in readings:
        best = reading.chance if reading.likeliest else best
        yield replace(reading, relevance=combined(limits.relevance, (reading.relevance, best)))


def kept(limits: Limits, readings: Iterable[Reading]) -> list[Reading]:
    """As `judge` keeps them."""
    return [
        reading
        for reading in weighed(limits, readings)
        if reading.relevance >= limits.relevant_from
        and (reading.likeliest or reading.chance >= limits.also_from)
        and reading.confidence(limits.calibration) >= limits.confident_from
    ]


def choose(read: Read) -> Limits:
    weights = _relevance_weights(read)
    relevant_from = max(GRID, key=lambda limit: _relevance(read, Limits(limit, 1, weights)))
    also_from = max(GRID, key=lambda limit: _types(read, Limits(relevant_from, limit, weights)))
    calibration = _calibrated(read, Limits(relevant_from, also_from, weights))
    return Limits(relevant_from, also_from, weights, calibration, CONFIDENT_FROM)


def _relevance(read: Read, limits: Limits) -> float:
    return f1((bool(kept(limits, readings)), item.relevant) for item, readings in read)


def _relevance_weights(read: Read) -> Floats:
    known, right = [], []
    for item, readings in read:
        windows = [reading for reading in readings if reading.likeliest]
        if windows:
            strongest = max(windows, key=lambda reading: reading.relevance * reading.chance)
            known.append([1.0, logit(strongest.relevance), logit(strongest.chance)])
            right.append(item.relevant)
    return _logistic(np.array(known), np.array(right, float))


def _types(read: Read, limits: Limits) -> float:
    pairs: list[tuple[bool, bool]] = []
    for item, readings in read:
        found = {reading.type for reading in kept(limits, readings)}
        true = {label.type for label in item.labels}
        pairs += [(kind in found, kind in true) for kind in found | true]
    return f1(pairs)


def _calibrated(read: Read, limits: Limits) -> Floats:
    known, right = [], []
    for item, readings in read:
        true = {(label.type, label.asserted) for label in item.labels}
        for reading in kept(limits, readings):
            known.append([1.0, *(logit(part) for part in (reading.relevance, reading.chance, reading.sure))])
            right.append((reading.type, reading.asserted) in true)
    return _logistic(np.array(known), np.array(right, float))


def _logistic(inputs: NDArray[np.float64], target: NDArray[np.float64]) -> Floats:
    """Regression by Newton's method: a few inputs, the first of them constant."""
    weights = np.zeros(inputs.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-inputs @ weights))
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + 1e-3 * np.eye(len(weights))
        weights -= np.linalg.solve(bend, inputs.T @ (chance - target) + 1e-3 * weights)
    return weights.astype(np.float32)

"""What is chosen rather than fitted: from which probability a reading is kept, and how probabilities become confidence.

Chosen on readings that a model made of texts it was not fitted on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from services.classifier.training.fit import Floats
from services.classifier.training.scores import f1
from services.classifier.training.texts import Item
from shared.domain.judgement.light_model import logit
from shared.domain.judgement.reader import Reading

Read = Sequence[tuple[Item, Sequence[Reading]]]

GRID: Final = tuple(step / 100 for step in range(10, 91, 2))


CONFIDENT_FROM: Final = 0.2
"""Below, four of five readings are wrong; keeping them would find two relevant texts more of a hundred."""


@dataclass(frozen=True)
class Thresholds:
    relevant_from: float
    also_from: float
    calibration: Floats = field(default_factory=lambda: np.zeros(4, np.float32))
    confident_from: float = 0

    def kept(self, readings: Iterable[Reading]) -> list[Reading]:
        """As `judge` keeps them."""
        return [
            reading
            for reading in readings
            if reading.relevance >= self.relevant_from
            and (reading.likeliest or reading.chance >= self.also_from)
            and reading.confidence(self.calibration) >= self.confident_from
        ]


def choose(read: Read) -> Thresholds:
    relevant_from = max(GRID, key=lambda threshold: _relevance(read, threshold))
    also_from = max(GRID, key=lambda threshold: _types(read, Thresholds(relevant_from, threshold)))
    calibration = _calibrated(read, Thresholds(relevant_from, also_from))
    return Thresholds(relevant_from, also_from, calibration, CONFIDENT_FROM)


def _relevance(read: Read, threshold: float) -> float:
    found = [any(reading.relevance >= threshold for reading in readings) for _, readings in read]
    return f1(zip(found, (item.relevant for item, _ in read), strict=True))


def _types(read: Read, thresholds: Thresholds) -> float:
    pairs: list[tuple[bool, bool]] = []
    for item, readings in read:
        found = {reading.type for reading in thresholds.kept(readings)}
        true = {label.type for label in item.labels}
        pairs += [(kind in found, kind in true) for kind in found | true]
    return f1(pairs)


def _calibrated(read: Read, thresholds: Thresholds) -> Floats:
    """Logistic regression of right or wrong on the logits of the three probabilities, by Newton's method."""
    known, right = [], []
    for item, readings in read:
        true = {(label.type, label.asserted) for label in item.labels}
        for reading in thresholds.kept(readings):
            known.append([1.0, *(logit(part) for part in (reading.relevance, reading.chance, reading.sure))])
            right.append((reading.type, reading.asserted) in true)
    inputs, target = np.array(known), np.array(right, float)
    weights = np.zeros(4)
    for _ in range(25):
        chance = 1 / (1 + np.exp(-inputs @ weights))
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + 1e-3 * np.eye(4)
        weights -= np.linalg.solve(bend, inputs.T @ (chance - target) + 1e-3 * weights)
    return weights.astype(np.float32)

"""Bands of the score. A band is entered from below at its threshold and left downwards 3 points under it."""

import numpy as np
from numpy.typing import NDArray

from shared.contracts.base import Band
from shared.domain.risk.columns import Floats

BANDS: tuple[Band, ...] = ("low", "guarded", "elevated", "high", "severe")
ELEVATED, HIGH, SEVERE = 2, 3, 4
HYSTERESIS = 3.0
UNSCORED = -1
_FROM: Floats = np.array([20.0, 40.0, 60.0, 80.0])


def next_bands(before: NDArray[np.int8], score: Floats) -> NDArray[np.int8]:
    """`before` is `UNSCORED` where there was no score: the first has no history."""
    plain = np.searchsorted(_FROM, score, side="right").astype(np.int8)
    held = np.searchsorted(_FROM - HYSTERESIS, score, side="right").astype(np.int8)
    return np.where(before == UNSCORED, plain, np.maximum(plain, np.minimum(before, held)))

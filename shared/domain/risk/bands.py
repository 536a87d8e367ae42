"""Bands of the score. A band is entered from below at its threshold and left downwards 3 points under it."""

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from shared.contracts.base import Band
from shared.domain.risk.columns import Floats

BANDS: tuple[Band, ...] = ("low", "guarded", "elevated", "high", "severe")
ELEVATED, HIGH, SEVERE = 2, 3, 4
HYSTERESIS = 3.0
UNSCORED = -1
FROM = (20.0, 40.0, 60.0, 80.0)
_FROM: Floats = np.array(FROM)
_LEFT_AT = [threshold - HYSTERESIS for threshold in FROM]


def next_band(before: int, score: float) -> int:
    """`before` is `UNSCORED` where there was no score: the first has no history."""
    return max(bisect_right(FROM, score), min(before, bisect_right(_LEFT_AT, score)))


def next_bands(before: NDArray[np.int8], score: Floats) -> NDArray[np.int8]:
    """The same for many."""
    plain = np.searchsorted(_FROM, score, side="right").astype(np.int8)
    held = np.searchsorted(_FROM - HYSTERESIS, score, side="right").astype(np.int8)
    return np.maximum(plain, np.minimum(before, held))

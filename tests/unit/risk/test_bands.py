import numpy as np
import pytest

from shared.domain.risk.bands import BANDS, UNSCORED, next_band, next_bands


@pytest.mark.parametrize(
    ("before", "score", "after"),
    [
        (UNSCORED, 19.99, "low"),
        (UNSCORED, 20, "guarded"),
        (UNSCORED, 80, "severe"),
        (1, 40, "elevated"),
        (2, 38, "elevated"),
        (2, 37, "elevated"),
        (2, 36.99, "guarded"),
        (4, 10, "low"),
        (0, 100, "severe"),
        (4, 58, "high"),
    ],
)
def test_up_at_the_threshold_down_three_points_below(before: int, score: float, after: str) -> None:
    assert BANDS[next_band(before, score)] == after
    assert next_bands(np.array([before], np.int8), np.array([score])).tolist() == [next_band(before, score)]

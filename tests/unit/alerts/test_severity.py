import pytest

from shared.domain.alerts import severity
from shared.domain.alerts.severity import SEVERITIES


@pytest.mark.parametrize(
    ("band", "soon", "expected"),
    [
        (0, 0.0, "info"),
        (1, 0.5, "info"),
        (2, 0.0, "warning"),
        (3, 0.0, "high"),
        (4, 0.0, "critical"),
        (0, 0.51, "critical"),
    ],
)
def test_the_exposure_makes_an_alert_graver(band: int, soon: float, expected: str) -> None:
    assert SEVERITIES[severity.of_exposure(band, soon)] == expected

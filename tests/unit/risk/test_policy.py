from typing import get_args

from shared.contracts.signals import SignalType
from shared.domain.risk.policy import IMPACTS


def test_every_type_of_signal_has_an_impact() -> None:
    """One without would end the scorers at its first signal."""
    assert set(IMPACTS) == set(get_args(SignalType))

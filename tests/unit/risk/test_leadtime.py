import numpy as np

from shared.domain.risk.leadtime import CURVES, END_USE_CLASSES, P50, curve_of, decision_p90
from shared.domain.risk.policy import TRANSIT_DAYS, Regime


def test_waiting_never_becomes_likelier() -> None:
    assert (np.diff(CURVES, axis=1) <= 0).all()
    assert (CURVES >= 0).all()
    assert (CURVES <= 1).all()


def test_a_stricter_regime_and_a_more_military_use_never_come_sooner() -> None:
    curves = CURVES.reshape(len(Regime), END_USE_CLASSES, -1)
    assert (np.diff(curves, axis=0) >= 0).all()
    assert (np.diff(curves, axis=1) >= 0).all()


def test_half_of_civil_licences_come_within_the_statutory_45_working_days() -> None:
    assert P50[curve_of(Regime.LICENSED, 0)] == 63 + TRANSIT_DAYS
    assert decision_p90("civil") == 189
    assert decision_p90("defence") == 1_095, "of those a third never come"

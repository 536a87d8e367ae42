"""How long supply keeps one waiting where nobody has seen a case."""

from datetime import date

import numpy as np
import pytest

from shared.contracts.base import EndUse
from shared.domain.licences.lead_times import LeadTimes
from shared.domain.risk.leadtime import END_USE_CLASSES, REGIMES, Waits
from shared.domain.risk.policy import TRANSIT_DAYS, Regime

JUNE = LeadTimes(month=date(2026, 6, 1))
USES: tuple[EndUse, ...] = ("civil", "dual_use", "defence")


def _waits() -> tuple[Waits, list[int]]:
    waits = Waits(JUNE)
    return waits, [waits.block("CN", "terbium", "DE", use) for use in USES]


def test_waiting_never_becomes_likelier() -> None:
    curves = _waits()[0].curves
    assert (np.diff(curves, axis=1) <= 0).all()
    assert (curves >= 0).all()
    assert (curves <= 1).all()


def test_a_stricter_regime_and_a_more_military_use_never_come_sooner() -> None:
    waits, blocks = _waits()
    for chosen in (range(END_USE_CLASSES), blocks):
        curves = np.stack([waits.curves[REGIMES * block : REGIMES * (block + 1)] for block in chosen])
        assert (np.diff(curves, axis=0) >= 0).all()
        assert (np.diff(curves, axis=1) >= 0).all()


def test_half_of_civil_cases_are_decided_within_the_statutory_45_working_days() -> None:
    waits, [civil, *_] = _waits()
    assert waits.lead_times.resolve("CN", "terbium", "DE", "civil").curve.undecided[64] == pytest.approx(0.5)
    assert waits.p50[civil * REGIMES + Regime.LICENSED] == 66 + TRANSIT_DAYS, "one in fifty is denied"
    assert waits.decision_p90("CN", "terbium", "DE", "civil") == 192


def test_a_month_with_holidays_before_it_takes_longer() -> None:
    spring, summer = (
        Waits(LeadTimes(month=date(2026, month, 1))).decision_p90("CN", "terbium", "DE", "civil") for month in (1, 7)
    )
    assert spring > summer

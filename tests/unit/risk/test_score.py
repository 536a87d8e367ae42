"""The formula on one example worked by hand, and what each part of it does."""

import math

import numpy as np
import pytest

from services.scorer.testing import Ledger, bought, listing, measure
from shared.catalog.structural import structural_risk
from shared.catalog.supply_risk import SCALE, concentration, eu_supply_risk
from shared.contracts.measures import MeasureState
from shared.domain.risk.arithmetic import MANY, ONE
from shared.domain.risk.formula import Own, Supply, from_supply, net
from shared.domain.risk.score import score

HALF = {
    "base": 0.3,
    "kept": 0.9,
    "irreplaceable": 1.0,
    "closed": 0.0,
    "cover": 44.0,
    "free": 0.02,
    "barred": 0.99,
    "denial": 0.0,
    "relieved": 1.0,
    "sigma_stock": 0.05,
}


def test_an_example_worked_by_hand() -> None:
    """x = (.3 + .39 · .9)/2; half of the supply's licence has not come after 44 - 14 days; shock .4 on all of it."""
    supply = Supply(plain=0.3, bought=0.39, late=0.5, unknown=0.0, safe=1 - net(0.6, 1.0, 1.0))
    result = from_supply(Own(**HALF), supply, ONE)
    x = (0.3 + 0.39 * 0.9) / 2
    structural = x / (x + 0.5)
    used_up = [min(max((days / 44 - 0.8) / 0.4, 0), 1) for days in (30, 60, 90, 180)]
    risk = 1 - (1 - structural) * (1 - 0.4)
    assert result.structural == pytest.approx(structural)
    assert used_up == pytest.approx([0, 1, 1, 1])
    assert result.score == pytest.approx(100 * risk * (0.5 + 0.5 * 0.5 * (0.3 + 0.2 + 0.1)), abs=0.005)
    assert (result.within_30, result.within_60) == (0, 0.5)
    assert result.low < result.score < result.high


def test_one_row_and_many_are_the_same_to_the_last_digit() -> None:
    random = np.random.default_rng(7)
    rows = [
        {name: float(value) for name, value in zip(HALF, random.random(len(HALF)), strict=True)} for _ in range(200)
    ]
    supplies = [Supply(*random.random(5).tolist()) for _ in rows]
    many = from_supply(
        Own(**{name: np.array([row[name] for row in rows]) for name in HALF}),
        Supply(*(np.array([getattr(supply, name) for supply in supplies]) for name in Supply.__slots__)),
        MANY,
    )
    for at, (row, supply) in enumerate(zip(rows, supplies, strict=True)):
        one = from_supply(Own(**row), supply, ONE)
        for name in type(one).__slots__:
            assert getattr(one, name) == getattr(many, name)[at], name


def test_easing_news_takes_half_at_most() -> None:
    assert net(0.2, 1.0, 1.0) == pytest.approx(0.8)
    assert net(0.2, 0.0, 1.0) == pytest.approx(0.4)
    assert net(1.0, 0.0, 0.0) == 0


def test_nothing_at_all_is_no_risk_and_never_nan() -> None:
    nothing = dict.fromkeys(HALF, 0.0) | {"irreplaceable": 0.0}
    result = from_supply(Own(**nothing), Supply(0.0, 0.0, 0.0, 1.0, 1.0), ONE)
    assert result.score == 0
    assert not any(math.isnan(getattr(result, name)) for name in type(result).__slots__)


def test_under_a_ban_two_days_of_stock_and_two_years_of_it_differ() -> None:
    ledger = Ledger()
    ledger.customer("short", bought(cover=2))
    ledger.customer("long", bought(cover=730))
    ledger.act(measure(instrument="ban"))
    assert ledger.risk("short", "terbium")["score"] > 1.5 * ledger.risk("long", "terbium")["score"]


def test_supply_that_nothing_stands_in_the_way_of_does_not_run_out() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought(cover=3))
    risk = ledger.risk("acme", "terbium")
    assert risk["stockout"]["probability"]["30"] <= 0.05
    assert "on" not in risk["stockout"]
    assert risk["lead_time_days"] == {"p50": 14.0, "p90": 14.0}


def test_a_defence_licence_takes_longer_and_may_never_come() -> None:
    ledger = Ledger()
    for end_use in ("civil", "dual_use", "defence"):
        ledger.customer(end_use, bought(cover=60), end_use=end_use)
    ledger.act(measure())
    scores = [ledger.risk(end_use, "terbium")["score"] for end_use in ("civil", "dual_use", "defence")]
    leads = [ledger.risk(end_use, "terbium")["lead_time_days"]["p50"] for end_use in ("civil", "dual_use", "defence")]
    assert scores == sorted(set(scores))
    assert leads == sorted(set(leads))
    assert ledger.risk("defence", "terbium")["lead_time_days"]["p90"] == 1_095 + 14


def test_a_substitute_and_another_origin_help() -> None:
    ledger = Ledger()
    ledger.customer("bound", bought())
    ledger.customer("flexible", bought(substitutability=0.8))
    ledger.customer("spread", bought(origins={"CN": 0.4, "AU": 0.6}))
    ledger.act(measure(instrument="ban"))
    bound = ledger.risk("bound", "terbium")["score"]
    assert ledger.risk("flexible", "terbium")["score"] < bound
    assert ledger.risk("spread", "terbium")["score"] < bound


def test_the_strictest_of_several_measures_counts_once() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought())
    ledger.act(measure(instrument="ban"))
    banned = ledger.risk("acme", "terbium")
    ledger.act(measure("CN-2", instrument="quota"))
    ledger.act(measure("CN-3", instrument="ban"))
    assert ledger.risk("acme", "terbium") == banned
    ledger.act(measure(instrument="ban", state="lifted"), previous="in_force")
    still = ledger.risk("acme", "terbium")
    assert still["score"] == banned["score"]
    assert "CN-3" in {driver["ref"] for driver in still["drivers"]}


@pytest.mark.parametrize(("state", "trade"), [("in_force", {"CN": 2.0}), ("suspended", {})])
def test_what_a_customer_buys_is_rated_by_the_eu_s_formula(state: MeasureState, trade: dict[str, float]) -> None:
    """x = SR / 10 with import reliance 1 and SI_SR = 1 - .5 x substitutability. t is 2 for what a ban in force stops,
    and that is a matter of the destination: the world's supply, half of the mix, keeps t = 1."""
    origins = {"CN": 0.7, "AU": 0.3}
    ledger = Ledger()
    ledger.customer("acme", bought("gallium", 60, origins=origins, substitutability=0.4))
    ledger.act(measure(materials=["gallium"], instrument="ban", state=state))
    inner, gallium = ledger.fold.state, structural_risk("gallium")
    scored = score(inner.portfolio, inner.world, inner.structure, np.array([0], np.int32), inner.day)
    recycling = gallium.recycling or 0.0
    expected = eu_supply_risk(
        gallium.risk / (1 - recycling), concentration(origins, trade), reliance=1, recycling=recycling, substitution=0.8
    )
    assert scored.result.sourcing.item(0) == pytest.approx(expected / SCALE, abs=1e-4)


def test_a_listed_supplier_closes_its_share() -> None:
    """One of two suppliers listed: half of the supply is as under a ban."""
    ledger = Ledger()
    ledger.customer("acme", bought(suppliers=("Alpha", "Beta")))
    before = ledger.risk("acme", "terbium")["score"]
    ledger.act(listing("CN-LIST", ("Alpha", "listed")))
    assert ledger.fold.state.portfolio.exposures.closed.item(0) == 0.5
    assert ledger.risk("acme", "terbium")["score"] > before

"""What holds for whatever customer, measures, news and stock."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scorer.testing import Ledger, bought, measure, signal
from shared.contracts.customers import Exposure
from shared.contracts.measures import Measure
from shared.contracts.signals import Signal
from shared.domain.risk.policy import BARRIERS, IMPACTS
from shared.domain.risk.score import score

MATERIALS = st.sampled_from(["terbium", "gallium", "copper", "rare_earth_technology"])
COUNTRIES = st.sampled_from(["CN", "AU", "US", "CD", "JP"])
INSTRUMENTS = st.sampled_from(sorted(BARRIERS))
STATES = st.sampled_from(["announced", "in_force", "suspended", "lifted", "lapsed"])
END_USES = st.sampled_from(["civil", "dual_use", "defence", "unknown"])
COVERS = st.floats(0, 1_000) | st.sampled_from([0.0, 14.0, 30.0, 36_500.0])


@st.composite
def exposures(draw: st.DrawFn) -> Exposure:
    weights = draw(st.dictionaries(COUNTRIES, st.floats(0, 1), max_size=4))
    total = sum(weights.values())
    scale = draw(st.floats(0, 1)) / total if total > 0.01 else 0
    return bought(
        draw(MATERIALS),
        draw(COVERS),
        origins={country: min(weight * scale, 1.0) for country, weight in weights.items()},
        substitutability=draw(st.floats(0, 1)),
        revenue_share=draw(st.floats(0, 1)),
    )


@st.composite
def measures(draw: st.DrawFn, /, **words: Any) -> Measure:
    scope: dict[str, Any] = {
        "instrument": draw(INSTRUMENTS),
        "state": draw(STATES),
        "issuer": draw(COUNTRIES),
        "materials": draw(st.lists(MATERIALS | st.just("rare_earths"), min_size=1, max_size=3, unique=True)),
        "targets": draw(st.sampled_from([["*"], ["EU"], ["US"]])),
        "end_uses": draw(st.sampled_from([[], ["defence"], ["civil"], ["dual_use"]])),
    }
    return measure(f"M-{draw(st.integers(0, 5))}", **(scope | words))


@st.composite
def signals(draw: st.DrawFn, /, **words: Any) -> Signal:
    said: dict[str, Any] = {
        "type": draw(st.sampled_from(sorted(IMPACTS))),
        "direction": draw(st.sampled_from(["tightening", "easing", "neutral"])),
        "issuer": draw(COUNTRIES | st.none()),
        "materials": draw(st.lists(MATERIALS, min_size=1, max_size=2, unique=True)),
        "asserted": draw(st.sampled_from(["asserted", "denied", "speculated", "expected"])),
        "confidence": draw(st.floats(0, 1)),
        "targets": draw(st.sampled_from([[], ["*"], ["US"], ["DE"]])),
    }
    return signal(f"story-{draw(st.integers(0, 8))}", **(said | words))


@dataclass(frozen=True)
class Setting:
    """A world, in which customers are set."""

    measures: list[Measure]
    signals: list[Signal]

    def ledger(self) -> Ledger:
        ledger = Ledger()
        for found in self.measures:
            ledger.act(found, quiet=True)
        for heard in self.signals:
            ledger.news(heard)
        return ledger

    def score(self, exposure: Exposure, end_use: str = "civil", **words: Any) -> float:
        ledger = self.ledger()
        ledger.customer("acme", exposure, end_use=end_use, **words)
        return of(ledger, exposure)


SETTINGS = st.builds(Setting, st.lists(measures(), max_size=4), st.lists(signals(), max_size=4))


def of(ledger: Ledger, exposure: Exposure) -> float:
    found: float = ledger.risk("acme", exposure.material)["score"]
    return found


@given(SETTINGS, exposures(), END_USES, COVERS, COVERS)
def test_more_cover_never_raises_a_score(
    setting: Setting, exposure: Exposure, end_use: str, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    scores = [setting.score(exposure.model_copy(update={"inventory_days": days}), end_use) for days in (less, more)]
    assert scores[0] >= scores[1]


@given(SETTINGS, exposures(), END_USES, measures(state="in_force"))
def test_suspended_is_less_than_in_force_and_lifted_no_more_than_suspended(
    setting: Setting, exposure: Exposure, end_use: str, moving: Measure
) -> None:
    ledger = setting.ledger()
    ledger.customer("acme", exposure, end_use=end_use)
    scores = []
    for state in ("in_force", "suspended", "lifted"):
        ledger.act(moving.model_copy(update={"state": state, "id": "M-moving"}))
        scores.append(of(ledger, exposure))
    assert scores[0] >= scores[1] >= scores[2]


@given(SETTINGS.filter(lambda setting: not setting.measures), st.floats(0, 400), INSTRUMENTS, END_USES)
def test_of_whoever_buys_under_a_measure_suspended_is_strictly_less(
    setting: Setting, cover: float, instrument: str, end_use: str
) -> None:
    exposure = bought(cover=cover)
    ledger = setting.ledger()
    ledger.customer("acme", exposure, end_use=end_use)
    ledger.act(measure(instrument=instrument))
    in_force = of(ledger, exposure)
    ledger.act(measure(instrument=instrument, state="suspended"))
    assert of(ledger, exposure) < in_force


@given(SETTINGS, exposures(), measures(state="in_force"))
def test_a_suspension_that_expired_unconfirmed_is_in_force(
    setting: Setting, exposure: Exposure, moving: Measure
) -> None:
    ledger = setting.ledger()
    ledger.customer("acme", exposure)
    ledger.act(moving)
    before = of(ledger, exposure)
    ledger.act(moving.model_copy(update={"state": "suspended"}))
    ledger.act(moving.model_copy(update={"confirmed": False}))
    assert of(ledger, exposure) == before


@given(SETTINGS, exposures(), END_USES, signals(direction="tightening", asserted="asserted"))
def test_news_that_tightens_never_lowers_a_score(
    setting: Setting, exposure: Exposure, end_use: str, heard: Signal
) -> None:
    if IMPACTS[heard.type].sign < 0:
        return
    ledger = setting.ledger()
    ledger.customer("acme", exposure, end_use=end_use)
    before = of(ledger, exposure)
    ledger.news(heard.model_copy(update={"story_id": "fresh"}))
    assert of(ledger, exposure) >= before


@given(SETTINGS, exposures(), signals(type="licence_granted", targets=["US"], direction="easing"))
def test_a_grant_elsewhere_moves_a_score_by_a_twentieth_of_a_ban_at_most(
    setting: Setting, exposure: Exposure, heard: Signal
) -> None:
    ledger = Setting(setting.measures, []).ledger()
    ledger.customer("acme", exposure)
    calm = of(ledger, exposure)
    ledger.news(*(signal("ban", "export_halt", issuer=heard.issuer, materials=heard.materials, confidence=1.0),))
    banned = of(ledger, exposure)
    ledger.news(heard.model_copy(update={"story_id": "grant"}))
    assert banned - of(ledger, exposure) <= 0.05 * (banned - calm) + 0.01


@given(SETTINGS, exposures(), signals(asserted="asserted"))
def test_a_contested_claim_lies_between_asserted_and_denied(
    setting: Setting, exposure: Exposure, heard: Signal
) -> None:
    claim = heard.model_copy(update={"story_id": "contested"})
    denial = claim.model_copy(update={"asserted": "denied", "novelty": "update"})
    scores = []
    for said in ([denial], [claim, denial], [claim]):
        ledger = setting.ledger()
        ledger.customer("acme", exposure)
        for one in said:
            ledger.news(one)
        scores.append(of(ledger, exposure))
    assert scores == sorted(scores) or scores == sorted(scores, reverse=True)


@given(SETTINGS, exposures())
def test_defence_is_never_below_civil(setting: Setting, exposure: Exposure) -> None:
    assert setting.score(exposure, "defence") >= setting.score(exposure, "civil")


@given(SETTINGS, exposures(), signals())
def test_old_news_told_again_changes_nothing(setting: Setting, exposure: Exposure, heard: Signal) -> None:
    ledger = setting.ledger()
    ledger.customer("acme", exposure)
    before = ledger.risk("acme", exposure.material)
    ledger.news(heard.model_copy(update={"novelty": "stale"}), heard.model_copy(update={"novelty": "duplicate"}))
    assert ledger.risk("acme", exposure.material) == before


@given(SETTINGS, exposures(), END_USES, st.integers(0, 400))
def test_contributions_add_up_and_nothing_is_ever_nan(
    setting: Setting, exposure: Exposure, end_use: str, days: int
) -> None:
    ledger = setting.ledger()
    ledger.customer("acme", exposure, end_use=end_use)
    ledger.decision("acme", "L-1", "denied", material=exposure.material)
    ledger.after(days=days).tick()
    risk = ledger.risk("acme", exposure.material)
    assert sum(driver["contribution"] for driver in risk["drivers"]) == pytest.approx(risk["score"], abs=0.005)
    assert all(driver["contribution"] >= 0 for driver in risk["drivers"])
    assert len(risk["drivers"]) <= 10
    numbers = [risk["score"], *risk["interval"], *risk["stockout"]["probability"].values(), risk["cover_days"]]
    assert all(math.isfinite(number) and number >= 0 for number in numbers)
    assert risk["interval"][0] <= risk["score"] + 0.1
    assert risk["interval"][1] >= risk["score"] - 0.1
    odds = list(risk["stockout"]["probability"].values())
    assert odds == sorted(odds)


@given(SETTINGS, st.lists(exposures(), min_size=8, max_size=14), END_USES, st.integers(0, 90))
def test_a_row_scored_alone_or_among_others_has_the_same_digits(
    setting: Setting, several: list[Exposure], end_use: str, days: int
) -> None:
    ledger = setting.ledger()
    for number, exposure in enumerate(several):
        ledger.customer(f"c-{number}", exposure, end_use=end_use)
        ledger.decision(f"c-{number}", "L", "denied" if number % 2 else "granted", material=exposure.material)
        ledger.stock(f"c-{number}", 10.0 * number, material=exposure.material)
    state = ledger.after(days=days).fold.state
    day = state.day + days
    rows = np.arange(len(several), dtype=np.int32)
    together = score(state.portfolio, state.world, state.structure, rows, day)
    for row in rows.tolist():
        alone = score(state.portfolio, state.world, state.structure, rows[row : row + 1], day)
        for name in type(alone.result).__slots__:
            assert getattr(alone.result, name).item(0) == getattr(together.result, name).item(row), name
        assert alone.digest.item(0) == together.digest.item(row)
        assert alone.curve.item(0) == together.curve.item(row)


@given(SETTINGS, exposures(), END_USES, signals(asserted="asserted"))
def test_news_that_tightens_where_one_buys_is_strictly_more(
    setting: Setting, exposure: Exposure, end_use: str, heard: Signal
) -> None:
    """A halt that everybody is sure of, on who has no other source."""
    ledger = setting.ledger()
    ledger.customer("acme", exposure.model_copy(update={"origins": {"CN": 1.0}}), end_use=end_use)
    before = of(ledger, exposure)
    said = {"type": "export_halt", "direction": "tightening", "issuer": "CN", "targets": (), "confidence": 1.0}
    ledger.news(heard.model_copy(update=said | {"story_id": "fresh", "materials": (exposure.material,)}))
    assert of(ledger, exposure) > before


@given(st.permutations([measure(f"M-{n}", instrument=i) for n, i in enumerate(sorted(BARRIERS))]), exposures())
def test_the_order_of_measures_changes_no_score(order: list[Measure], exposure: Exposure) -> None:
    assert Setting(order, []).score(exposure) == Setting(sorted(order, key=lambda m: m.id), []).score(exposure)

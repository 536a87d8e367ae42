"""What alerts say, in plain words."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.scorer.testing import MONDAY, measure, signal
from shared.contracts.changes import LadderStep
from shared.domain.alerts.telling import of_measure, of_signal, of_step, on_materials


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ({"state": "announced", "effective_on": "2026-12-01"}, "announced, in force from 1 December 2026"),
        ({"until": "2027-12-31"}, "in force since 2 March 2026 until 31 December 2027"),
        ({"state": "suspended", "suspended_until": "2026-11-10"}, "suspended until 10 November 2026"),
        ({"state": "lapsed"}, "lapsed: its own term is over"),
        ({"state": "lifted"}, "lifted"),
    ],
)
def test_each_state_of_a_measure(words: dict[str, Any], title: str) -> None:
    assert of_measure(measure(**words)).title == f"China: export licence requirement on terbium {title}"


def test_suspended_is_not_lifted() -> None:
    assert "suspended is not lifted" in of_measure(measure(state="suspended")).do


def test_contradictions_are_said() -> None:
    assert "Reports contradict each other." in of_measure(measure(contested=True)).basis


def test_a_notice_is_of_the_day_that_its_issuer_has() -> None:
    midnight = datetime(2023, 7, 2, 16, tzinfo=UTC)
    evidence = [{"source": "MOFCOM", "published_at": midnight, "asserted": "asserted"}]
    assert "MOFCOM, 3 July 2023" in of_measure(measure(evidence=evidence)).basis


def test_a_step_says_what_follows_without_a_new_act() -> None:
    step = LadderStep(measure_id="CN-1", event="suspension_ends", on=date(2026, 11, 10), days=30, at=MONDAY)
    told = of_step(measure(state="suspended"), step)
    assert told.title == "China: suspension of the export licence requirement on terbium ends in 30 days"
    assert "without a new act the measure returns the day after" in told.happened
    lapse = step.model_copy(update={"event": "lapses", "days": 1})
    lapsing = of_step(measure(), lapse)
    assert lapsing.title == "China: export licence requirement on terbium ends in 1 day"
    assert "the measure ends in 1 day" in lapsing.happened


def test_a_step_of_a_list_names_no_materials() -> None:
    step = LadderStep(measure_id="CN-1", event="suspension_ends", on=date(2026, 11, 10), days=0, at=MONDAY)
    listing = measure(instrument="entity_listing", materials=(), state="suspended")
    assert of_step(listing, step).title == "China: suspension of the listing of companies ends today"


def test_easing_news_is_no_plan() -> None:
    assert "do not plan with it" in of_signal(signal(type="control_lifted", direction="easing")).do


def test_a_long_quote_is_cut() -> None:
    long = signal(evidence=[{"start": 0, "end": 900, "text": "x" * 900, "field": "body"}])
    assert len(of_signal(long).evidence[0]["text"]) == 400


def test_materials_are_called_what_readers_call_them() -> None:
    assert on_materials(["ndfeb_magnets"]) == "NdFeB magnets"
    assert on_materials(["terbium", "rare_earths"]) == "terbium and rare earths"
    assert on_materials(["tin", "zinc", "gallium", "cobalt", "nickel"]) == "tin, zinc, gallium, cobalt and 1 more"

"""From strata to the curve of a licence, and to what is answered about it."""

import math
from datetime import UTC, date, datetime

import numpy as np
import pytest

from shared.contracts.base import EndUse
from shared.contracts.licences import LeadTimes as Answer
from shared.contracts.licences import LicenceKind, Observation, Stratum
from shared.domain.licences.answer import answer
from shared.domain.licences.curve import prior
from shared.domain.licences.favour import favour
from shared.domain.licences.lead_times import LeadTimes
from shared.domain.licences.survival import Span
from tests.unit.licences.cases import TODAY, book_of, many, observed, stratum

JULY = date(2026, 7, 1)
NOON = datetime(2026, 7, 1, tzinfo=UTC)


def known(*observations: Observation) -> LeadTimes:
    return LeadTimes(book_of(*observations).close_day(TODAY), JULY)


def asked(lead_times: LeadTimes, destination: str = "DE", end_use: EndUse = "civil") -> Answer:
    kind = LicenceKind(origin="CN", material="terbium", destination=destination, end_use=end_use)
    return answer(lead_times, kind, NOON)


def test_without_cases_it_is_the_statutory_term() -> None:
    told = asked(LeadTimes(month=JULY))
    assert (told.stratum, told.cases_of, told.n, told.pending) == ("prior", None, 0, 0)
    assert told.statutory_days == told.decision.p50 == 63
    assert told.p50 == 65, "one in fifty is denied"


def test_cases_of_five_customers_are_an_own_stratum() -> None:
    told = asked(known(*many(5), observed("c1")))
    assert told.stratum == "own"
    assert told.cases_of is not None
    assert (told.cases_of.material, told.cases_of.destination) == ("terbium", "DE")
    assert (told.n, told.pending) == (6, 1)
    assert told.p50 is not None
    assert told.p50 < 63


def test_under_five_customers_the_parent_is_shown() -> None:
    told = asked(known(*many(3), *many(3, destination="FR", name="f")))
    assert told.stratum == "parent"
    assert told.cases_of is not None
    assert (told.cases_of.material, told.cases_of.destination) == ("terbium", None)
    assert told.n == 6


def test_so_it_is_for_a_destination_that_nobody_files_for() -> None:
    assert asked(known(*many(6)), "JP").n == 6


def test_nothing_that_is_told_of_few_depends_on_them() -> None:
    without = asked(known(*many(6)))
    for one in (observed("x", 300, "denied"), observed("x", 1), observed("x", None)):
        few = known(*many(6), one.model_copy(update={"destination": "FR"}))
        assert asked(few) == without
        assert asked(few, "FR") == asked(known(*many(6)), "FR")


def test_ten_cases_count_as_much_as_the_parent() -> None:
    spans = [Span(20, "granted")] * 10
    lead_times = LeadTimes([stratum(spans)], JULY)
    curve = lead_times.resolve("CN", "terbium", "DE", "civil").curve
    assert curve.granted[30] == pytest.approx((1 + prior(63).granted[30]) / 2)


def test_a_wider_circle_of_the_same_cases_does_not_count_them_again() -> None:
    lead_times = known(*many(10))
    assert len(lead_times.strata) == 3
    curve = lead_times.resolve("CN", "terbium", "DE", "civil").curve
    assert curve.granted[20] == pytest.approx((1 + prior(63).granted[20]) / 2)


def test_where_nobody_was_watched_any_longer_it_goes_on_as_the_parent_does() -> None:
    lead_times = LeadTimes([stratum([Span(10, None)] * 40)], JULY)
    curve, before = lead_times.resolve("CN", "terbium", "DE", "civil").curve, prior(63)
    wait, assumed = curve.undecided[200] / curve.undecided[10], before.undecided[200] / before.undecided[10]
    assert wait == pytest.approx(assumed, rel=0.03)
    assert curve.undecided[10] > before.undecided[10]


def test_defence_is_denied_more_often_and_waits_longer() -> None:
    for lead_times in (known(*many(9), *many(2, 30, "denied")), LeadTimes(month=JULY)):
        civil, dual, defence = (asked(lead_times, end_use=use) for use in ("civil", "dual_use", "defence"))
        denied = [told.survival[-1].denied for told in (civil, dual, defence)]
        assert denied == sorted(set(denied))
        assert (civil.p50 or 9_999) <= (dual.p50 or 9_999) <= (defence.p50 or 9_999)
    assert defence.survival[-1].denied > 0.4


def test_quick_grants_of_defence_goods_are_chance_where_civil_ones_wait() -> None:
    lead_times = known(*many(5, 200), *many(5, 2, end_use="defence", name="d"))
    civil, defence = (lead_times.resolve("CN", "terbium", "DE", use).curve for use in ("civil", "defence"))
    assert (defence.waiting >= civil.waiting).all()


def test_cases_whose_end_use_is_unknown_are_taken_for_civil_until_there_are_some() -> None:
    told = asked(known(*many(6)), end_use="unknown")
    assert (told.stratum, told.n, told.p50) == ("parent", 6, asked(known(*many(6))).p50)


def test_single_cases_cannot_be_dated_by_the_answer() -> None:
    told = asked(known(*many(4), observed("c4", 17)))
    days = [point.days for point in told.survival]
    assert 17 not in days
    assert (np.diff(days) >= 7).all()
    assert "followed" not in told.model_dump_json()
    assert "steps" not in told.model_dump_json()


def test_the_curve_is_one_with_its_interval() -> None:
    told = asked(known(*many(6), *many(3, 40, "denied")))
    for point in told.survival:
        assert 0 <= point.low <= point.undecided <= point.high <= 1
        assert point.undecided + point.granted + point.denied == pytest.approx(1, abs=2e-4)
    assert told.survival[3].low < told.survival[3].undecided < told.survival[3].high


def test_whom_an_issuer_favours() -> None:
    """Nine of ten for Germany, two of ten for the United States, with a half added to each."""
    lead_times = known(
        *many(9),
        observed("c1", 30, "denied"),
        *many(6, 30, "denied", destination="US", name="u"),
        *many(2, 30, "denied", destination="US", name="v"),
        *many(2, destination="US", name="u"),
    )
    told = asked(lead_times).favour
    assert told is not None
    assert told.log_odds == pytest.approx(math.log(9.5 / 1.5) - math.log(2.5 / 8.5), abs=1e-4)
    margin = 1.28 * math.sqrt(1 / 9.5 + 1 / 1.5 + 1 / 2.5 + 1 / 8.5)
    assert told.interval == pytest.approx((told.log_odds - margin, told.log_odds + margin), abs=2e-4)
    assert (told.decided, told.decided_elsewhere) == (10, 10)
    against = asked(lead_times, "US").favour
    assert against is not None
    assert against.log_odds == -told.log_odds


def test_nobody_is_favoured_where_too_few_are_seen_or_nothing_is_decided() -> None:
    assert asked(known(*many(9))).favour is None, "no other destination"
    assert asked(known(*many(9), *many(4, destination="US", name="u"))).favour is None
    pending = known(*many(9), *many(6, None, destination="US", name="u"))
    assert favour(pending, "CN", "terbium", "DE", "civil") is None


def test_strata_that_lost_their_cases_fall_out() -> None:
    lead_times = known(*many(6))
    gone = [Stratum(**{**one.model_dump(), "cases": 0, "steps": ()}) for one in lead_times.strata.values()]
    assert lead_times.moved(gone).strata == {}

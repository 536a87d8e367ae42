"""Curves of survival against those of `lifelines`, on whatever cases."""

import math
import warnings
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.licences.survival import Estimate, Span, estimate, steps

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import AalenJohansenFitter, KaplanMeierFitter

OUTCOMES = st.sampled_from(["granted", "denied", None])
CASES = st.lists(st.builds(Span, st.integers(0, 400), OUTCOMES), min_size=1, max_size=60)
TIE_FREE = st.lists(st.integers(1, 1_000), min_size=2, max_size=60, unique=True).flatmap(
    lambda days: st.tuples(*(st.builds(Span, st.just(day), OUTCOMES) for day in days))
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(CASES)
def test_kaplan_meier_and_greenwood_are_those_of_lifelines(cases: list[Span]) -> None:
    days, decided = [case.days for case in cases], [case.outcome is not None for case in cases]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = KaplanMeierFitter(alpha=0.2).fit(days, decided)
        (low, high) = theirs.confidence_interval_survival_function_.columns
    found = estimate(steps(cases))
    for step, ours in zip(steps(cases), found, strict=True):
        assert ours.undecided == pytest.approx(theirs.survival_function_.loc[step.day].item(), abs=1e-9)
        interval = theirs.confidence_interval_survival_function_.loc[step.day]
        if 0 < ours.undecided < 1:
            assert _log_log(ours) == pytest.approx((interval[low], interval[high]), abs=1e-9)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(TIE_FREE)
def test_aalen_johansen_is_that_of_lifelines_where_no_two_days_are_the_same(cases: tuple[Span, ...]) -> None:
    days = [case.days for case in cases]
    codes = [{"granted": 1, "denied": 2, None: 0}[case.outcome] for case in cases]
    found = dict(zip((step.day for step in steps(cases)), estimate(steps(cases)), strict=True))
    for code, name in ((1, "granted"), (2, "denied")):
        if code not in codes:
            continue
        theirs = AalenJohansenFitter(calculate_variance=False).fit(days, codes, event_of_interest=code)
        for day, ours in found.items():
            assert getattr(ours, name) == pytest.approx(theirs.cumulative_density_.loc[day].item(), abs=1e-9)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(CASES)
def test_undecided_granted_and_denied_are_all_there_is(cases: list[Span]) -> None:
    found = [Estimate(1.0, 0.0, 0.0, 0.0), *estimate(steps(cases))]
    for each in found:
        assert each.undecided + each.granted + each.denied == pytest.approx(1, abs=1e-12)
    for before, after in pairwise(found):
        assert after.granted >= before.granted
        assert after.denied >= before.denied


def _log_log(found: Estimate) -> tuple[float, float]:
    """The interval that lifelines makes of Greenwood's sum: on the scale log(-log S)."""
    sigmas = 1.2815515655446004  # alpha .2
    bend = math.log(-math.log(found.undecided))
    margin = sigmas * math.sqrt(found.greenwood) / math.log(found.undecided)
    return math.exp(-math.exp(bend - margin)), math.exp(-math.exp(bend + margin))

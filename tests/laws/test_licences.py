"""What holds for whatever cases the licence book holds."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.base import EndUse
from shared.contracts.licences import Observation
from shared.domain.licences.curve import alone, gated, learned, prior, quantile
from shared.domain.licences.lead_times import LeadTimes
from shared.domain.licences.strata import Key, counted
from shared.domain.licences.survival import Span
from shared.domain.risk.leadtime import REGIMES, Waits
from tests.unit.licences.cases import FILED, TODAY, book_of, observed, stratum

JULY = date(2026, 7, 1)
DAYS = st.integers(0, 500)
DECIDED = st.lists(st.builds(Span, DAYS, st.sampled_from(["granted", "denied"])), min_size=1, max_size=40)
SPANS = st.lists(st.builds(Span, DAYS, st.sampled_from(["granted", "denied", None])), min_size=1, max_size=40)
FACTORS = st.floats(1, 100)
TERMS = st.integers(60, 80)
USES: tuple[EndUse, ...] = ("civil", "unknown", "dual_use", "defence")
OBSERVATIONS = st.lists(
    st.builds(
        lambda customer, days, outcome, destination, material, use: observed(
            f"c{customer}", days, outcome, destination=destination, material=material, end_use=use
        ),
        st.integers(0, 9),
        st.none() | st.integers(0, (TODAY - FILED).days),
        st.sampled_from(["granted", "denied", "returned", "withdrawn", "expired"]),
        st.sampled_from(["DE", "FR"]),
        st.sampled_from(["terbium", "gallium"]),
        st.sampled_from(USES),
    ),
    max_size=40,
)


def median(spans: list[Span], term: int) -> int:
    found = quantile(learned(stratum(spans), prior(term)).waiting, 0.5)
    return 10_000 if found is None else found


@given(DECIDED, st.data(), TERMS)
def test_faster_grants_never_lengthen_the_median(spans: list[Span], data: st.DataObject, term: int) -> None:
    at = data.draw(st.integers(0, len(spans) - 1))
    sooner = Span(data.draw(st.integers(0, spans[at].days)), "granted")
    assert median([*spans[:at], sooner, *spans[at + 1 :]], term) <= median(spans, term)


@given(SPANS, st.integers(1, 20), TERMS)
def test_more_grants_at_once_never_lengthen_the_median(spans: list[Span], more: int, term: int) -> None:
    assert median([*spans, *[Span(0, "granted")] * more], term) <= median(spans, term)


@given(SPANS, st.data(), TERMS)
def test_a_denial_never_shortens_the_wait(spans: list[Span], data: st.DataObject, term: int) -> None:
    """Whether the case was pending or would have been granted."""
    at = data.draw(st.integers(0, len(spans) - 1))
    denied = [*spans[:at], Span(spans[at].days, "denied"), *spans[at + 1 :]]
    assert median(denied, term) >= median(spans, term)


@given(SPANS, TERMS)
def test_what_is_learned_lies_between_the_cases_and_the_parent(spans: list[Span], term: int) -> None:
    parent, cases = prior(term), stratum(spans)
    own, curve = alone(cases, parent), learned(cases, parent)
    for left, between, right in (
        (own.granted, curve.granted, parent.granted),
        (own.denied, curve.denied, parent.denied),
        (own.undecided, curve.undecided, parent.undecided),
    ):
        assert (np.minimum(left, right) - 1e-12 <= between).all()
        assert (between <= np.maximum(left, right) + 1e-12).all()


@given(SPANS, FACTORS, FACTORS, TERMS)
def test_a_higher_hazard_of_denial_never_grants_more(spans: list[Span], one: float, other: float, term: int) -> None:
    curve = learned(stratum(spans), prior(term))
    less, more = (gated(curve, factor) for factor in sorted((one, other)))
    assert (more.granted <= less.granted + 1e-12).all()
    assert (np.diff(more.granted) >= -1e-12).all()
    assert (more.undecided >= -1e-9).all()


@given(OBSERVATIONS)
def test_no_regime_and_no_end_use_waits_less_than_a_gentler_one(observations: list[Observation]) -> None:
    waits = Waits(LeadTimes(book_of(*observations).close_day(TODAY), JULY))
    blocks = [waits.block("CN", "terbium", "DE", use) for use in ("civil", "dual_use", "defence")]
    curves = np.stack([waits.curves[REGIMES * block : REGIMES * (block + 1)] for block in blocks])
    assert np.isfinite(curves).all()
    assert (curves >= 0).all()
    assert (curves <= 1).all()
    assert (np.diff(curves, axis=0) >= 0).all()
    assert (np.diff(curves, axis=1) >= 0).all()
    assert (np.diff(curves, axis=2) <= 0).all()


@given(OBSERVATIONS, st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_within_a_day_matter(observations: list[Observation], random: object) -> None:
    shuffled = list(observations)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert book_of(*shuffled, *shuffled[:3]).close_day(TODAY) == book_of(*observations).close_day(TODAY)


@given(OBSERVATIONS)
def test_no_sum_or_difference_of_what_is_shown_is_of_fewer_than_five_customers(observations: list[Observation]) -> None:
    book = book_of(*observations)
    book.close_day(TODAY)
    own: dict[Key, set[str]] = {}
    for case in book.cases.values():
        own.setdefault(case.stratum, set()).add(case.customer)
    parts = counted(own)
    sums = [*parts.values(), *(one - other for one in parts.values() for other in parts.values() if one > other)]
    rests = [wide.difference(*(narrow for narrow in parts.values() if narrow < wide)) for wide in parts.values()]
    for keys in (*sums, *filter(None, rests)):
        assert len(set().union(*(own[key] for key in keys))) >= 5
    for key, counts in parts.items():
        assert book.shown[key].cases == sum(case.stratum in counts for case in book.cases.values())

"""The book: whose cases are counted together, from when on, and what can be seen of it."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from shared.contracts.base import to_json
from shared.contracts.licences import Observation, Step, Stratum
from shared.domain.licences.book import LicenceBook
from shared.domain.licences.policy import MOST_STEPS
from shared.domain.licences.strata import Key
from shared.kafka.producer import LARGEST_RECORD
from tests.unit.licences.cases import FILED, TODAY, book_of, many, observed

OWN = Key("CN", "terbium", "DE", "civil")
EVERYWHERE = Key("CN", "terbium", None, "civil")
EVERYTHING = Key("CN", None, None, "civil")


def test_fewer_than_five_customers_are_not_shown_however_many_cases_they_have() -> None:
    assert book_of(*many(4), *many(4), *many(4)).close_day(TODAY) == ()
    assert {Key.of(stratum) for stratum in book_of(*many(5)).close_day(TODAY)} == {OWN, EVERYWHERE, EVERYTHING}


def test_few_customers_of_one_destination_are_shown_among_those_of_all() -> None:
    book = book_of(*many(3), *many(3, destination="FR", name="f"))
    book.close_day(TODAY)
    assert set(book.shown) == {EVERYWHERE, EVERYTHING}
    assert book.shown[EVERYWHERE].cases == 6


def test_few_are_not_counted_where_a_difference_would_tell_of_them() -> None:
    """All destinations less Germany would be the one customer in France."""
    book = book_of(*many(5), *many(1, destination="FR", name="f"))
    book.close_day(TODAY)
    assert {key: stratum.cases for key, stratum in book.shown.items()} == {OWN: 5, EVERYWHERE: 5, EVERYTHING: 5}


def test_nor_where_it_would_two_circles_apart() -> None:
    book = book_of(*many(6), *many(2, destination="FR", name="f"), *many(2, material="gallium", name="g"))
    book.close_day(TODAY)
    assert book.shown[EVERYTHING].cases == 6, "four would be left"
    book.put(observed("h", 20, material="gallium"))
    book.close_day(TODAY)
    assert (book.shown[EVERYWHERE].cases, book.shown[EVERYTHING].cases) == (6, 11)


def test_issuers_and_end_uses_are_never_counted_together() -> None:
    book = book_of(*many(4), *many(4, origin="CD", name="d"), *many(4, end_use="defence", name="e"))
    assert book.close_day(TODAY) == ()


def test_what_happens_to_a_case() -> None:
    cases = [*many(5, 20), observed("x", 30, "denied"), observed("x"), observed("x", 40, "returned")]
    (stratum,) = [one for one in book_of(*cases).close_day(TODAY) if Key.of(one) == OWN]
    assert (stratum.cases, stratum.pending) == (8, 1)
    assert [(step.day, step.at_risk, step.granted, step.denied) for step in stratum.steps] == [
        (20, 8, 5, 0),
        (30, 3, 0, 1),
    ]
    assert stratum.followed == (TODAY - FILED).days, "the pending one is still watched"


def test_a_later_observation_of_a_case_takes_the_place_of_the_earlier() -> None:
    book = book_of(*many(4), observed("c4", case="one", number=90))
    book.close_day(TODAY)
    book.put(observed("c4", 25, "denied", case="one", number=91))
    (stratum,) = [one for one in book.close_day(TODAY) if Key.of(one) == OWN]
    assert (stratum.cases, stratum.pending) == (5, 0)


def test_what_was_had_is_a_repeat() -> None:
    book = book_of(observed("a", number=3))
    assert book.is_repeat(observed("a", number=3))
    assert book.is_repeat(observed("a", 9, number=2))
    assert not book.is_repeat(observed("a", number=4))
    assert not book.is_repeat(observed("a", number=1, partition=1))


def test_the_order_of_a_day_does_not_matter() -> None:
    cases = [*many(9), *many(6, 30, "denied", name="d", destination="FR"), *many(7, None, name="p", material="gallium")]
    cases = [case.model_copy(update={"partition": number % 3}) for number, case in enumerate(cases)]
    told = book_of(*cases).close_day(TODAY)
    for other in (cases[::-1], cases[9:] + cases[:9], sorted(cases, key=lambda case: case.customer)):
        assert book_of(*other).close_day(TODAY) == told


def test_only_what_moved_is_said() -> None:
    book = book_of(*many(5))
    assert book.close_day(TODAY)
    assert book.close_day(TODAY + timedelta(days=1)) == ()
    book.put(observed("c1", 60))
    assert {stratum.cases for stratum in book.close_day(TODAY)} == {6}


def test_more_than_fits_into_one_record_is_left_to_the_wider_circles(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [observed(f"c{number}", number) for number in range(20)]
    few = [observed(f"f{number}", number, destination="FR") for number in range(10)]
    monkeypatch.setattr("shared.domain.licences.book.MOST_STEPS", 65)
    book = book_of(*cases, *few)
    book.close_day(TODAY)
    assert set(book.shown) == {OWN, EVERYWHERE, EVERYTHING}, "France, of ten steps, is one too many"
    assert book.shown[EVERYWHERE].cases == 30
    record = to_json(
        Stratum(origin="CN", end_use="civil", cases=9, steps=(Step(1_000, 100_000, 1_000, 1_000),) * 1_000)
    )
    assert MOST_STEPS * len(record) / 1_000 < LARGEST_RECORD


def test_a_case_grows_older_by_itself_and_is_forgotten_at_last() -> None:
    book = book_of(*many(5, 100), observed("p"))
    book.close_day(FILED + timedelta(days=50))
    assert [step.at_risk for step in book.shown[OWN].steps] == [5], "the pending one was watched for fifty days"
    book.close_day(FILED + timedelta(days=150))
    assert [step.at_risk for step in book.shown[OWN].steps] == [6]
    gone = book.close_day(date(2030, 1, 1))
    assert {stratum.cases for stratum in gone} == {0}
    assert not book.shown


def test_it_is_kept_and_read_again() -> None:
    book = book_of(*many(5), observed("p"), *many(6, 9, "denied", destination="FR", name="f"))
    book.close_day(TODAY)
    again = LicenceBook.load(book.dump())
    assert again.dump() == book.dump()
    assert again.close_day(TODAY) == ()
    assert again.is_repeat(observed("x", number=1))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"outcome": "granted", "ended_on": FILED - timedelta(days=1)}, "lies before filed_on"),
        ({"outcome": "granted"}, "come together"),
        ({"ended_on": FILED}, "come together"),
    ],
)
def test_a_case_that_cannot_be_is_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Observation.model_validate(observed("a").model_dump() | wrong)


def test_a_customer_is_a_number() -> None:
    (stratum, *_) = book_of(*many(5, name="secret")).close_day(TODAY)
    assert isinstance(stratum, Stratum)
    assert "secret" not in stratum.model_dump_json()

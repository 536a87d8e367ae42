"""45 working days of whoever decides."""

from datetime import date

import pytest

from shared.domain.licences.calendar import is_working_day, statutory_days, statutory_term


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 2), False),  # a Friday: New Year
        (date(2026, 1, 4), True),  # a Sunday that makes up for it
        (date(2026, 2, 14), True),  # a Saturday before the Spring Festival
        (date(2026, 2, 23), False),  # a Monday: its last day
        (date(2026, 2, 28), True),
        (date(2026, 9, 20), True),
        (date(2026, 9, 25), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2026, 11, 25), True),
        (date(2026, 11, 28), False),
    ],
)
def test_china_works_as_its_state_council_says_weekends_included(day: date, works: bool) -> None:
    """General Office of the State Council, notice of November 2025 on the public holidays of 2026."""
    assert is_working_day("CN", day) is works


def test_a_file_handed_in_before_the_spring_festival_is_due_later() -> None:
    assert statutory_days("CN", date(2026, 1, 15)) == 69
    assert statutory_days("CN", date(2026, 6, 22)) == 63, "nine weeks without a holiday"


def test_holidays_are_those_of_the_issuer() -> None:
    assert statutory_days("US", date(2026, 1, 15)) != statutory_days("CN", date(2026, 1, 15))


def test_an_issuer_without_a_calendar_rests_at_weekends_alone() -> None:
    assert statutory_days("EU", date(2026, 12, 21)) == 63


def test_the_term_of_a_month_is_that_of_its_first_day() -> None:
    assert statutory_term("CN", date(2026, 6, 22)) == statutory_days("CN", date(2026, 6, 1)) == 64

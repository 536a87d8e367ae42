"""The issuer's working days: its public holidays, and the weekend days that make up for them. China publishes those of
a year in the November before it; until then, and for issuers without a calendar, holidays and weekends are taken as
the law has them."""

from datetime import date, timedelta
from functools import cache

import holidays

from shared.domain.licences.policy import STATUTORY_WORKING_DAYS

_WEEKEND = 5
_A_DAY = timedelta(days=1)


@cache
def statutory_days(issuer: str, filed_on: date) -> int:
    """Calendar days from filing to the end of the last of the statutory working days."""
    day, left = filed_on, STATUTORY_WORKING_DAYS
    while left:
        day += _A_DAY
        left -= is_working_day(issuer, day)
    return (day - filed_on).days


def statutory_term(issuer: str, day: date) -> int:
    """The same for a case filed in the month of a day: it moves twelve times a year, not daily."""
    return statutory_days(issuer, day.replace(day=1))


def is_working_day(issuer: str, day: date) -> bool:
    calendar = _calendar(issuer)
    return day.weekday() < _WEEKEND if calendar is None else calendar.is_working_day(day)


@cache
def _calendar(issuer: str) -> holidays.HolidayBase | None:
    try:
        return holidays.country_holidays(issuer)
    except NotImplementedError:
        return None

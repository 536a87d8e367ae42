"""Whole days in the issuer's zone, as instants."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# Days beyond these stand for them: a notice may say 9999-12-31 for "no end", and no zone may carry it over the edge.
FIRST_DAY = date(1000, 1, 1)
LAST_DAY = date(9998, 12, 31)


@lru_cache(maxsize=10_000)
def start_of(day: date, zone: ZoneInfo) -> datetime:
    """00:00 of the day."""
    return datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time.min, zone).astimezone(UTC)


def after(day: date, zone: ZoneInfo) -> datetime:
    """00:00 of the day after: what lasts until a day, inclusive, is over then."""
    return start_of(shifted(day, 1), zone)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last instant that still belongs to the day."""
    return after(day, zone) - timedelta(microseconds=1)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    earliest, latest = start_of(FIRST_DAY, zone), start_of(LAST_DAY, zone)
    return min(max(moment, earliest), latest).astimezone(zone).date()


def shifted(day: date, days: int) -> date:
    return min(max(day, FIRST_DAY), LAST_DAY) + timedelta(days=days)

from dataclasses import dataclass
from datetime import date, datetime

from shared.catalog.countries import zone
from shared.domain.measures import end_of
from shared.http.problems import dotted, invalid


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant; or a day, which stands for its end in the zone of whoever issued the measure."""

    said: datetime | date

    def of(self, issuer: str) -> datetime:
        if isinstance(self.said, datetime):
            return self.said
        return end_of(self.said, zone(issuer))


def moment(value: str | None, field: str, default: datetime) -> Moment:
    """:raises Problem: 422"""
    if value is None:
        return Moment(default)
    try:
        return Moment(_parsed(value))
    except ValueError:
        told = "must be a day (2025-10-09) or an RFC 3339 time with its offset (2025-10-09T08:00:00Z)"
        raise invalid([{"loc": dotted("query", field), "message": told}]) from None


def _parsed(value: str) -> datetime | date:
    if len(value) == len("2025-10-09"):
        return date.fromisoformat(value)
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("no offset")
    return instant

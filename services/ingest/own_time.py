"""When an event says that it happened (contract section 3, "its own time"). Whole days begin at 00:00 in the zone of
whose days they are."""

from datetime import UTC, date, datetime, time
from functools import lru_cache

from shared.catalog.countries import zone
from shared.contracts.events import AnyEvent, ListChange, MeasureChange, TradeFlow

FIELD = {
    "news": "published_at",
    "licence_application": "submitted_at",
    "licence_decision": "decided_at",
    "shipment": "occurred_at",
    "inventory": "as_of",
    "list_change": "announced_on",
    "measure_change": "announced_on",
    "price": "as_of",
    "trade_flow": "period",
}


def own_time(event: AnyEvent) -> datetime:
    match event:
        case MeasureChange():
            return day_begins(event.announced_on, event.issuer)
        case ListChange():
            return day_begins(event.announced_on, country_of(event.authority))
        case TradeFlow():
            return day_begins(day_after(event.period), event.reporter)
        case _:
            instant: datetime = getattr(event, FIELD[event.kind])
            return instant


@lru_cache(maxsize=1_024)
def day_begins(day: date, issuer: str) -> datetime:
    return datetime.combine(day, time(), zone(issuer)).astimezone(UTC)


def country_of(authority: str) -> str:
    """CN-MOFCOM → CN."""
    return authority.partition("-")[0]


def day_after(period: str) -> date:
    """The first day after a month (`2025-04`) or a year (`2025`)."""
    year, _, month = period.partition("-")
    if month in ("", "12"):
        return date(int(year) + 1, 1, 1)
    return date(int(year), int(month) + 1, 1)

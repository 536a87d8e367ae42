"""When an event says that it happened (contract section 3, "its own time"). Whole days begin at 00:00 in the zone of
whose days they are."""

from datetime import date, datetime

from shared.catalog.countries import zone
from shared.contracts.events import AnyEvent, ListChange, MeasureChange, TradeFlow
from shared.domain.measures import start_of

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
            return start_of(event.announced_on, zone(event.issuer))
        case ListChange():
            return start_of(event.announced_on, zone(event.authority.partition("-")[0]))
        case TradeFlow():
            return start_of(_day_after(event.period), zone(event.reporter))
        case _:
            instant: datetime = getattr(event, FIELD[event.kind])
            return instant


def _day_after(period: str) -> date:
    """The first day after a month (`2025-04`) or a year (`2025`)."""
    year, _, month = period.partition("-")
    if month in ("", "12"):
        return date(int(year) + 1, 1, 1)
    return date(int(year), int(month) + 1, 1)

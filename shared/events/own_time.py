"""When an event says that it happened (contract section 3, "its own time"), and until when it may have. Whole days
begin at 00:00 in the zone of whose days they are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.catalog.countries import zone
from shared.contracts.base import rfc3339
from shared.contracts.events import AnyEvent, ListChange, MeasureChange, TradeFlow
from shared.domain.measures import start_of
from shared.http.problems import FieldError

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


@dataclass(frozen=True, slots=True)
class Latest:
    """Until when an event may have happened, and why not later."""

    moment: datetime
    rule: str
    now: datetime


def within_five_minutes(now: datetime) -> Latest:
    """Clocks of senders differ; more than that is a mistake."""
    return Latest(now + timedelta(minutes=5), "more than 5 minutes after the system's clock", now)


def after_the_latest(happened: datetime, kind: str, latest: Latest) -> list[FieldError]:
    if happened <= latest.moment:
        return []
    return [{"loc": FIELD[kind], "message": f"lies {latest.rule}: it is {rfc3339(latest.now)}"}]

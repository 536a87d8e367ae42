"""What the demo posts, as a sender would: official acts, news, a price a day, and the buyers' own records."""

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from services.cli.demo.customers import CHIPS, MAGNETS, MOTORS

Json = dict[str, JsonValue]
ZONE = ZoneInfo("Asia/Shanghai")
"""Days of the story are days in China, where most of its acts are made."""
NEWS_AT, NOON = time(9, 30), time(12)
ARTICLE = Path(__file__).with_name("article.txt")
WIRE: Json = {"name": "Sample Wire (made up)", "type": "newswire"}
OTHER_SITE: Json = {"name": "Metals Digest (made up)", "type": "trade_press"}
ARTICLE_DAY = date(2026, 1, 14)
ARTICLE_TITLE = "Frost and thaw at China's licence desk, and less cobalt from Congo"
BYLINE = "By the Strategic Metals desk. Updated 14 January 2026, 09:30. 6 min read."
OTHER_TITLE = "Who gets a licence? Tokyo waits, Stuttgart ships, Kinshasa counts its tonnes"
OTHER_BYLINE = "By our correspondents in Tokyo and Kinshasa. 10 June 2026, 9:30. 7 min read."
SPORTS = Path(__file__).with_name("sports.txt")
SPORTS_DAY = date(2026, 2, 16)
SPORTS_TITLE = "Silver for China after a licence row, and a ban is lifted at the Nordic championships"


def noon(day: date) -> datetime:
    """When each day of the story ends for whoever posts: its last event happens then."""
    return datetime.combine(day, NOON, ZONE)


def act_event(act: Mapping[str, object]) -> Json:
    """A line of the timeline as it is posted. What is only a report of what a ministry did goes in as news."""
    event = {name: _plain(value) for name, value in act.items()}
    if act["kind"] != "signal":
        return event
    day = date.fromisoformat(str(act["announced_on"]))
    return news_event(str(act["id"]), str(act["title"]), day, cast("Json", event["source"]))


def news_event(event_id: str, title: str, day: date, source: Json, body: str = "") -> Json:
    return {
        "kind": "news",
        "id": event_id,
        "source": source,
        "published_at": datetime.combine(day, NEWS_AT, ZONE).isoformat(),
        "title": title,
        "body": body,
    }


def price_event(day: date) -> Json:
    """Tells nobody anything: it lets the replay clock reach the day."""
    return {
        "kind": "price",
        "id": f"price-{day}",
        "source": {"name": "Sample prices (made up)", "type": "trade_press"},
        "as_of": noon(day).isoformat(),
        "material": "copper",
        "price": 9.6,
        "currency": "USD",
        "unit": "kg",
    }


def article_events() -> dict[date, Json]:
    """One long article; the same the next day on another site; and five months later under another headline, with
    another byline and that day's date."""
    body = ARTICLE.read_text()
    next_day, months_later = date(2026, 1, 15), date(2026, 6, 10)
    rewritten = body.replace(BYLINE, OTHER_BYLINE)
    return {
        ARTICLE_DAY: news_event("article", ARTICLE_TITLE, ARTICLE_DAY, WIRE, body),
        next_day: news_event("article-again", ARTICLE_TITLE, next_day, OTHER_SITE, body),
        months_later: news_event("article-months-later", OTHER_TITLE, months_later, OTHER_SITE, rewritten),
    }


def sports_event() -> Json:
    """Words of the trade in a page that has nothing to say about it."""
    return news_event("sports", SPORTS_TITLE, SPORTS_DAY, WIRE, SPORTS.read_text())


def own_records() -> dict[date, list[Json]]:
    """The buyers' own business: what makes the story theirs."""
    return {
        date(2023, 8, 14): [_application(CHIPS, "SC-2023-1", date(2023, 8, 14), "gallium", 1_500, "JP", "civil")],
        date(2023, 10, 16): [_decision(CHIPS, "SC-2023-1", date(2023, 10, 16), "gallium", "granted")],
        date(2024, 12, 3): [_stock(MAGNETS, date(2024, 12, 3), "gallium", 240, 2.5)],
        date(2025, 2, 22): [_stock(MOTORS, date(2025, 2, 22), "cobalt", 137_000, 1_370)],
        date(2025, 4, 9): [_arrival(MAGNETS, "PM-S-1", date(2025, 4, 9), "gallium", 900, "JP", "US")],
        date(2025, 4, 14): [
            _application(MOTORS, "RM-2025-1", date(2025, 4, 14), "terbium", 600, "DE", "civil"),
            _application(MAGNETS, "PM-2025-1", date(2025, 4, 14), "samarium", 5_000, "US", "defence"),
            _stock(MOTORS, date(2025, 4, 14), "cobalt", 82_000, 1_370),
        ],
        date(2025, 5, 14): [_stock(MOTORS, date(2025, 5, 14), "cobalt", 45_000, 1_370)],
        date(2025, 5, 19): [_stock(MOTORS, date(2025, 5, 19), "terbium", 90, 3.3)],
        date(2025, 6, 23): [_decision(MOTORS, "RM-2025-1", date(2025, 6, 23), "terbium", "granted")],
        date(2025, 7, 23): [_arrival(MOTORS, "RM-S-2", date(2025, 7, 23), "cobalt", 130_000, "ID", "DE")],
        date(2025, 7, 28): [
            _arrival(MOTORS, "RM-S-1", date(2025, 7, 28), "terbium", 600, "CN", "DE"),
            _stock(MOTORS, date(2025, 7, 28), "terbium", 610, 3.3),
        ],
        date(2025, 8, 4): [_decision(MAGNETS, "PM-2025-1", date(2025, 8, 4), "samarium", "denied")],
        date(2025, 12, 2): [_stock(MOTORS, date(2025, 12, 2), "cobalt", 420_000, 1_370)],
        date(2026, 1, 14): [_stock(MAGNETS, date(2026, 1, 14), "gallium", 1_800, 2.5)],
        date(2026, 2, 9): [_stock(MOTORS, date(2026, 2, 9), "terbium", 2_400, 3.3)],
        date(2026, 6, 10): [_stock(MOTORS, date(2026, 6, 10), "cobalt", 450_000, 1_370)],
        LAST_DAY: [
            _decision(MOTORS, "RM-2026-7", LAST_DAY, "graphite", "granted"),
            _decision(MAGNETS, "PM-2026-3", LAST_DAY, "samarium", "returned"),
            _decision(CHIPS, "SC-2026-4", LAST_DAY, "germanium", "granted"),
        ],
    }


LAST_DAY = date(2026, 11, 28)


def is_counted(customer: str, material: str, day: date) -> bool:
    """Whether a stock report was posted by then; where none was, stock is what the profile says, on every day anew."""
    return any(
        (record["kind"], record["customer_id"], record["material"]) == ("inventory", customer, material)
        for posted, records in own_records().items()
        if posted <= day
        for record in records
    )


def _own(kind: str, customer: str, at: str, day: date, **fields: JsonValue) -> Json:
    source: Json = {"name": f"{customer} ERP", "type": "company"}
    return {"kind": kind, "source": source, "customer_id": customer, at: noon(day).isoformat(), **fields}


def _application(customer: str, ref: str, day: date, material: str, kg: float, destination: str, end_use: str) -> Json:
    return _own(
        "licence_application",
        customer,
        "submitted_at",
        day,
        licence_ref=ref,
        material=material,
        quantity_kg=kg,
        origin="CN",
        destination=destination,
        end_use=end_use,
    )


def _decision(customer: str, ref: str, day: date, material: str, decision: str) -> Json:
    return _own("licence_decision", customer, "decided_at", day, licence_ref=ref, material=material, decision=decision)


def _stock(customer: str, day: date, material: str, kg: float, daily_kg: float) -> Json:
    return _own("inventory", customer, "as_of", day, material=material, on_hand_kg=kg, daily_use_kg=daily_kg)


def _arrival(customer: str, ref: str, day: date, material: str, kg: float, origin: str, destination: str) -> Json:
    return _own(
        "shipment",
        customer,
        "occurred_at",
        day,
        shipment_ref=ref,
        material=material,
        quantity_kg=kg,
        origin=origin,
        destination=destination,
        status="arrived",
    )


def _plain(value: object) -> JsonValue:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else cast("JsonValue", value)

"""What each kind of event needs, by example: one that is taken, and what is said of those that are not.

It is 2025-11-10 12:00 UTC; acme and globex are customers."""

from typing import NamedTuple

import pytest

from services.ingest.testing import Ingest
from tests.unit.ingest.events import (
    ERP,
    GOOD,
    INVENTORY,
    LICENCE_APPLICATION,
    LICENCE_DECISION,
    LIST_CHANGE,
    MEASURE_CHANGE,
    NEWS,
    PRICE,
    SHIPMENT,
    TRADE_FLOW,
    WIRE,
    Json,
    but,
)


class Bad(NamedTuple):
    event: Json
    loc: str
    message: str


TIME = "must be an RFC 3339 time with its offset, such as 2025-04-04T09:00:00+08:00"
AS_WRITTEN = "must be written as RFC 3339 has it, such as 2025-04-04T09:00:00+08:00, a day as 2025-04-04"
FUTURE = "lies more than 5 minutes after the system's clock: it is 2025-11-10T12:00:00.000000Z"
STRANGER = "unknown customer 'initech': put it first, PUT /v1/customers/initech"
NO_COUNTRY = "unknown country 'XX': an ISO 3166-1 alpha-2 code, or EU"
ONE_OF_SOURCES = "'government', 'newswire', 'trade_press', 'analyst', 'company', 'social' or 'system'"

BAD = [
    # news
    Bad(but(NEWS, title=...), "title", "required"),
    Bad(but(NEWS, headline="x"), "headline", "unknown field"),
    Bad(but(NEWS, published_at="2025-11-10T12:05:01Z"), "published_at", FUTURE),
    Bad(but(NEWS, published_at="2025-11-10T11:00:00"), "published_at", TIME),
    Bad(but(NEWS, published_at="1762770000"), "published_at", AS_WRITTEN),
    Bad(but(NEWS, body="x" * 100_001), "body", "must have at most 100000 characters"),
    Bad(but(NEWS, language="english!"), "language", "must be a BCP 47 language tag, such as en or zh-Hant"),
    Bad(but(NEWS, url="ftp://x"), "url", "must be an http or https address of at most 2,000 characters"),
    Bad(but(NEWS, title=" \t"), "title", "says nothing"),
    Bad(but(NEWS, title="a\0b"), "title", "must not contain the character U+0000"),
    Bad(but(NEWS, source={"name": "Wire", "type": "blog"}), "source.type", f"must be one of {ONE_OF_SOURCES}"),
    Bad(but(NEWS, source={"type": "newswire"}), "source.name", "required"),
    Bad(but(NEWS, id="x" * 129), "id", "must be 1 to 128 printable characters"),
    # licence_application
    Bad(but(LICENCE_APPLICATION, material=...), "material", "required, or hs_code"),
    Bad(but(LICENCE_APPLICATION, customer_id="initech"), "customer_id", STRANGER),
    Bad(but(LICENCE_APPLICATION, origin="XX"), "origin", NO_COUNTRY),
    Bad(
        but(LICENCE_APPLICATION, end_use="military"),
        "end_use",
        "must be one of 'civil', 'defence', 'dual_use' or 'unknown'",
    ),
    Bad(but(LICENCE_APPLICATION, quantity_kg="120"), "quantity_kg", "must be a valid number"),
    Bad(
        but(LICENCE_APPLICATION, material="unobtainium"),
        "material",
        "unknown material 'unobtainium': the catalogue has slugs such as gallium and rare_earths",
    ),
    Bad(
        but(LICENCE_APPLICATION, material=..., hs_code="01012100"),
        "hs_code",
        "no material of the catalogue travels under HS code 01012100",
    ),
    Bad(but(LICENCE_APPLICATION, hs_code="28-05"), "hs_code", "'28-05' is no HS code: 2 to 10 digits"),
    # licence_decision
    Bad(
        but(LICENCE_DECISION, decision="approved"),
        "decision",
        "must be one of 'granted', 'denied', 'returned', 'withdrawn' or 'expired'",
    ),
    Bad(but(LICENCE_DECISION, customer_id="initech"), "customer_id", STRANGER),
    Bad(but(LICENCE_DECISION, licence_ref=...), "licence_ref", "required"),
    Bad(but(LICENCE_DECISION, valid_until="2025-11-01"), "valid_until", "must not lie before decided_at"),
    Bad(but(LICENCE_DECISION, valid_until="2025-13-01"), "valid_until", "must be a day, YYYY-MM-DD"),
    Bad(but(LICENCE_DECISION, valid_until="9999-12-31"), "valid_until", "must lie between 1900 and 2199"),
    Bad(but(LICENCE_DECISION, decided_at="0001-01-01T00:00:00+14:00"), "decided_at", "lies beyond the calendar"),
    Bad(but(LICENCE_DECISION, decided_at=1762770000), "decided_at", TIME),
    # shipment
    Bad(
        but(SHIPMENT, status="lost"),
        "status",
        "must be one of 'booked', 'departed', 'held', 'released' or 'arrived'",
    ),
    Bad(but(SHIPMENT, material="rare erths"), "material", "unknown material 'rare erths': did you mean rare_earths?"),
    Bad(but(SHIPMENT, quantity_kg=-1), "quantity_kg", "must be greater than or equal to 0"),
    Bad(but(SHIPMENT, destination="USA"), "destination", "unknown country 'USA': an ISO 3166-1 alpha-2 code, or EU"),
    Bad(
        but(SHIPMENT, customer_id="no such/id"),
        "customer_id",
        "must be 1 to 128 letters, digits, dots, underscores and hyphens",
    ),
    Bad(but(SHIPMENT, shipment_ref="BL\n9"), "shipment_ref", "must be 1 to 128 printable characters"),
    # inventory
    Bad(but(INVENTORY, daily_use_kg=...), "daily_use_kg", "required"),
    Bad(but(INVENTORY, material="NdPr"), "material", "'NdPr' stands for neodymium and praseodymium: name one of them"),
    Bad(but(INVENTORY, as_of="2025-11-11T00:00:00Z"), "as_of", FUTURE),
    Bad(but(INVENTORY, on_hand_kg=True), "on_hand_kg", "must be a valid number"),
    Bad(but(INVENTORY, customer_id="initech"), "customer_id", STRANGER),
    # list_change
    Bad(
        but(LIST_CHANGE, source=WIRE),
        "source.type",
        "an official act needs government; what others say of one is news",
    ),
    Bad(
        but(LIST_CHANGE, authority="MOFCOM"),
        "authority",
        "'MOFCOM' must begin with its country and a hyphen, such as CN-MOFCOM or US-BIS",
    ),
    Bad(but(LIST_CHANGE, entities=[]), "entities", "must have at least 1 item"),
    Bad(but(LIST_CHANGE, entities=[{"name": "A", "country": "XX"}]), "entities.0.country", NO_COUNTRY),
    Bad(but(LIST_CHANGE, action="extended"), "until", "required where something is extended: its new last day"),
    Bad(but(LIST_CHANGE, until="2025-11-09"), "until", "must not lie before effective_on, 2025-11-10"),
    Bad(but(LIST_CHANGE, entities=[{"name": "A", "alias": "B"}]), "entities.0.alias", "unknown field"),
    # measure_change
    Bad(
        but(MEASURE_CHANGE, source=ERP),
        "source.type",
        "an official act needs government; what others say of one is news",
    ),
    Bad(but(MEASURE_CHANGE, announced_on="2025-11-11"), "announced_on", FUTURE),
    Bad(
        but(MEASURE_CHANGE, materials=["gallium", "galium"]),
        "materials.1",
        "unknown material 'galium': did you mean gallium?",
    ),
    Bad(but(MEASURE_CHANGE, targets=["US", "XX"]), "targets.1", NO_COUNTRY),
    Bad(but(MEASURE_CHANGE, targets=[]), "targets", "name at least one, or leave the field out for every destination"),
    Bad(but(MEASURE_CHANGE, issuer="China"), "issuer", "unknown country 'China': an ISO 3166-1 alpha-2 code, or EU"),
    Bad(but(MEASURE_CHANGE, until="2025-11-08"), "until", "must not lie before effective_on, 2025-11-09"),
    Bad(but(MEASURE_CHANGE, action="imposed", materials=[]), "materials", "required where a ban is imposed"),
    Bad(but(MEASURE_CHANGE, effective_on="0001-01-01"), "effective_on", "must lie between 1900 and 2199"),
    # price
    Bad(but(PRICE, price=0), "price", "must be greater than 0"),
    Bad(but(PRICE, currency="XYZ"), "currency", "unknown currency 'XYZ': an ISO 4217 code"),
    Bad(but(PRICE, unit="stone"), "unit", "unknown unit 'stone': one of g, kg, t, lb, ozt, mtu"),
    Bad(but(PRICE, material=["dysprosium"]), "material", "must be a valid string"),
    Bad(but(PRICE, as_of="2026-01-01T00:00:00Z"), "as_of", FUTURE),
    # trade_flow
    Bad(but(TRADE_FLOW, period="2025-Q3"), "period", "must be a year (2025) or a month (2025-04)"),
    Bad(but(TRADE_FLOW, period="2025-11"), "period", FUTURE),
    Bad(but(TRADE_FLOW, period="2025"), "period", FUTURE),
    Bad(but(TRADE_FLOW, period="9999"), "period", "must lie between 1900 and 2199"),
    Bad(but(TRADE_FLOW, hs_code="9"), "hs_code", "'9' is no HS code: 2 to 10 digits"),
    Bad(but(TRADE_FLOW, partner="W00"), "partner", "unknown country 'W00': an ISO 3166-1 alpha-2 code, or EU"),
    Bad(but(TRADE_FLOW, value_usd=-5), "value_usd", "must be greater than or equal to 0"),
    # no kind at all
    Bad(
        but(NEWS, kind="rumour"),
        "kind",
        "unknown kind 'rumour': one of news, licence_application, "
        "licence_decision, shipment, inventory, list_change, measure_change, price, trade_flow",
    ),
    Bad(
        but(NEWS, kind=...),
        "kind",
        "required: one of news, licence_application, "
        "licence_decision, shipment, inventory, list_change, measure_change, price, trade_flow",
    ),
]


@pytest.mark.parametrize("event", GOOD, ids=lambda event: event["kind"])
async def test_a_good_event_is_taken(ingest: Ingest, event: Json) -> None:
    answer = await ingest.post(event)
    assert answer.status_code == 202, answer.text
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "rejected": 0,
        "results": [{"id": event["id"], "event_id": answer.json()["results"][0]["event_id"], "status": "accepted"}],
    }
    assert len(ingest.written()) == 1


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.event.get('kind')} {bad.loc}")
async def test_a_bad_event_is_told_what_is_wrong_and_where(ingest: Ingest, bad: Bad) -> None:
    answer = await ingest.post(bad.event)
    problem = {"loc": bad.loc, "message": bad.message}
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "one field is not as it must be: see errors",
        "errors": [problem],
        "accepted": 0,
        "duplicates": 0,
        "rejected": 1,
        "results": [{"id": bad.event["id"][:128], "event_id": None, "status": "rejected", "errors": [problem]}],
    }
    assert ingest.written() == []


def test_every_kind_has_five_bad_examples() -> None:
    for event in GOOD:
        assert sum(bad.event.get("kind") == event["kind"] for bad in BAD) >= 5, event["kind"]


async def test_everything_that_is_wrong_with_an_event_is_told_at_once(ingest: Ingest) -> None:
    answer = await ingest.post(but(SHIPMENT, origin="XX", status="lost", quantity_kg=-1, colour="red"))
    assert [error["loc"] for error in answer.json()["errors"]] == ["origin", "quantity_kg", "status", "colour"]


@pytest.mark.parametrize("event", [1, "news", None, True, [[]]], ids=repr)
async def test_what_is_no_object_is_no_event(ingest: Ingest, event: object) -> None:
    answer = await ingest.post(event)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"] == "an event is a JSON object"


async def test_an_event_is_not_larger_than_a_broker_takes(ingest: Ingest) -> None:
    names = [{"name": f"{number:04} " + "x" * 990} for number in range(1_000)]
    answer = await ingest.post(but(LIST_CHANGE, entities=names))
    assert answer.json()["errors"] == [{"loc": "body", "message": "larger than 900,000 bytes"}]

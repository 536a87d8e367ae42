"""What each kind of event needs, by example: one that is taken (`events.py` has them), and what is told of those that
are not: how it differs from the good one (`...`: left out), where the fault is, and what is said of it.

It is 2025-11-10 12:00 UTC; acme and globex are customers."""

from uuid import uuid5

import orjson
import pytest

from services.ingest.identity import NAMESPACE
from services.ingest.testing import Ingest
from tests.unit.ingest.events import ERP, GOOD, LIST_CHANGE, NEWS, SHIPMENT, WIRE, Json, but

TIME = "must be an RFC 3339 time with its offset, such as 2025-04-04T09:00:00+08:00"
AS_WRITTEN = "must be written as RFC 3339 has it, such as 2025-04-04T09:00:00+08:00, a day as 2025-04-04"
FUTURE = "lies more than 5 minutes after the system's clock: it is 2025-11-10T12:00:00.000000Z"
STRANGER = "unknown customer 'initech': put it first, PUT /v1/customers/initech"
NO_COUNTRY = "unknown country 'XX': an ISO 3166-1 alpha-2 code, or EU"
ONE_OF_SOURCES = "'government', 'newswire', 'trade_press', 'analyst', 'company', 'social' or 'system'"
OFFICIAL = "an official act needs government; what others say of one is news"
KINDS = (
    "one of news, licence_application, licence_decision, shipment, inventory, list_change, measure_change, price, "
    "trade_flow"
)

BAD: dict[str, list[tuple[Json, str, str]]] = {
    "news": [
        ({"title": ...}, "title", "required"),
        ({"headline": "x"}, "headline", "unknown field"),
        ({"published_at": "2025-11-10T12:05:01Z"}, "published_at", FUTURE),
        ({"published_at": "2025-11-10T11:00:00"}, "published_at", TIME),
        ({"published_at": "1762770000"}, "published_at", AS_WRITTEN),
        ({"body": "x" * 100_001}, "body", "must have at most 100000 characters"),
        ({"language": "english!"}, "language", "must be a BCP 47 language tag, such as en or zh-Hant"),
        ({"url": "ftp://x"}, "url", "must be an http or https address of at most 2,000 characters"),
        ({"title": " \t"}, "title", "says nothing"),
        ({"title": "a\0b"}, "title", "must not contain the character U+0000"),
        ({"source": {"name": "Wire", "type": "blog"}}, "source.type", f"must be one of {ONE_OF_SOURCES}"),
        ({"source": {"type": "newswire"}}, "source.name", "required"),
        ({"source": {"name": " ", "type": "newswire"}}, "source.name", "says nothing"),
        ({"id": "x" * 129}, "id", "must be 1 to 128 printable characters"),
    ],
    "licence_application": [
        ({"material": ...}, "material", "required, or hs_code"),
        ({"customer_id": "initech"}, "customer_id", STRANGER),
        ({"origin": "XX"}, "origin", NO_COUNTRY),
        ({"end_use": "military"}, "end_use", "must be one of 'civil', 'defence', 'dual_use' or 'unknown'"),
        ({"quantity_kg": "120"}, "quantity_kg", "must be a valid number"),
        (
            {"material": "unobtainium"},
            "material",
            "unknown material 'unobtainium': the catalogue has slugs such as gallium and rare_earths",
        ),
        (
            {"material": ..., "hs_code": "01012100"},
            "hs_code",
            "no material of the catalogue travels under HS code 01012100",
        ),
        ({"hs_code": "28-05"}, "hs_code", "'28-05' is no HS code: 2 to 10 digits"),
    ],
    "licence_decision": [
        (
            {"decision": "approved"},
            "decision",
            "must be one of 'granted', 'denied', 'returned', 'withdrawn' or 'expired'",
        ),
        ({"customer_id": "initech"}, "customer_id", STRANGER),
        ({"licence_ref": ...}, "licence_ref", "required"),
        ({"licence_ref": "  "}, "licence_ref", "says nothing"),
        ({"valid_until": "2025-11-01"}, "valid_until", "must not lie before decided_at"),
        ({"valid_until": "2025-13-01"}, "valid_until", "must be a day, YYYY-MM-DD"),
        ({"valid_until": "9999-12-31"}, "valid_until", "must lie between 1900 and 2199"),
        ({"decided_at": "0001-01-01T00:00:00+14:00"}, "decided_at", "lies beyond the calendar"),
        ({"decided_at": 1762770000}, "decided_at", TIME),
    ],
    "shipment": [
        ({"status": "lost"}, "status", "must be one of 'booked', 'departed', 'held', 'released' or 'arrived'"),
        ({"material": "rare erths"}, "material", "unknown material 'rare erths': did you mean rare_earths?"),
        ({"quantity_kg": -1}, "quantity_kg", "must be greater than or equal to 0"),
        ({"destination": "USA"}, "destination", "unknown country 'USA': an ISO 3166-1 alpha-2 code, or EU"),
        (
            {"customer_id": "no such/id"},
            "customer_id",
            "must be 1 to 128 letters, digits, dots, underscores and hyphens",
        ),
        ({"shipment_ref": "BL\n9"}, "shipment_ref", "must be 1 to 128 printable characters"),
    ],
    "inventory": [
        ({"daily_use_kg": ...}, "daily_use_kg", "required"),
        ({"material": "NdPr"}, "material", "'NdPr' stands for neodymium and praseodymium: name one of them"),
        ({"as_of": "2025-11-11T00:00:00Z"}, "as_of", FUTURE),
        ({"on_hand_kg": True}, "on_hand_kg", "must be a valid number"),
        ({"customer_id": "initech"}, "customer_id", STRANGER),
    ],
    "list_change": [
        ({"source": WIRE}, "source.type", OFFICIAL),
        (
            {"authority": "MOFCOM"},
            "authority",
            "'MOFCOM' must begin with its country and a hyphen, such as CN-MOFCOM or US-BIS",
        ),
        ({"entities": []}, "entities", "must have at least 1 item"),
        ({"entities": [{"name": " -"}]}, "entities.0.name", "says nothing: no letter, no digit"),
        ({"ref": " "}, "ref", "says nothing"),
        ({"entities": [{"name": "A", "country": "XX"}]}, "entities.0.country", NO_COUNTRY),
        ({"action": "extended"}, "until", "required where something is extended: its new last day"),
        ({"until": "2025-11-09"}, "until", "must not lie before effective_on, 2025-11-10"),
        ({"entities": [{"name": "A", "alias": "B"}]}, "entities.0.alias", "unknown field"),
    ],
    "measure_change": [
        ({"source": ERP}, "source.type", OFFICIAL),
        ({"announced_on": "2025-11-11"}, "announced_on", FUTURE),
        ({"materials": ["gallium", "galium"]}, "materials.1", "unknown material 'galium': did you mean gallium?"),
        ({"targets": ["US", "XX"]}, "targets.1", NO_COUNTRY),
        ({"targets": []}, "targets", "name at least one, or leave the field out for every destination"),
        ({"issuer": "China"}, "issuer", "unknown country 'China': an ISO 3166-1 alpha-2 code, or EU"),
        ({"until": "2025-11-08"}, "until", "must not lie before effective_on, 2025-11-09"),
        ({"action": "imposed", "materials": []}, "materials", "required where a ban is imposed"),
        ({"effective_on": "0001-01-01"}, "effective_on", "must lie between 1900 and 2199"),
    ],
    "price": [
        ({"price": 0}, "price", "must be greater than 0"),
        ({"currency": "XYZ"}, "currency", "unknown currency 'XYZ': an ISO 4217 code"),
        ({"unit": "stone"}, "unit", "unknown unit 'stone': one of g, kg, t, lb, ozt, mtu"),
        ({"material": ["dysprosium"]}, "material", "must be a valid string"),
        ({"as_of": "2026-01-01T00:00:00Z"}, "as_of", FUTURE),
    ],
    "trade_flow": [
        ({"period": "2025-Q3"}, "period", "must be a year (2025) or a month (2025-04)"),
        ({"period": "2025-11"}, "period", FUTURE),
        ({"period": "2025"}, "period", FUTURE),
        ({"period": "9999"}, "period", "must lie between 1900 and 2199"),
        ({"hs_code": "9"}, "hs_code", "'9' is no HS code: 2 to 10 digits"),
        ({"partner": "W00"}, "partner", "unknown country 'W00': an ISO 3166-1 alpha-2 code, or EU"),
        ({"value_usd": -5}, "value_usd", "must be greater than or equal to 0"),
    ],
}

NO_KIND = [("rumour", "unknown kind 'rumour'"), (..., "required"), (7, "must be a text")]
EXAMPLES = [
    pytest.param(but(good, **changes), loc, message, id=f"{good['kind']} {loc} {number}")
    for good in GOOD
    for number, (changes, loc, message) in enumerate(BAD[good["kind"]])
] + [pytest.param(but(NEWS, kind=kind), "kind", f"{fault}: {KINDS}") for kind, fault in NO_KIND]


def event_id(event: Json) -> str:
    """Of the operator's key, the source's name, the kind and the id."""
    return str(uuid5(NAMESPACE, orjson.dumps([None, event["source"]["name"], event["kind"], event["id"]]).decode()))


@pytest.mark.parametrize("event", GOOD, ids=lambda event: event["kind"])
async def test_a_good_event_is_taken(ingest: Ingest, event: Json) -> None:
    answer = await ingest.post(event)
    assert (answer.status_code, answer.headers["content-type"]) == (202, "application/json")
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "rejected": 0,
        "results": [{"id": event["id"], "event_id": event_id(event), "status": "accepted"}],
    }
    assert len(ingest.written()) == 1


@pytest.mark.parametrize(("event", "loc", "message"), EXAMPLES)
async def test_a_bad_event_is_told_what_is_wrong_and_where(ingest: Ingest, event: Json, loc: str, message: str) -> None:
    answer = await ingest.post(event)
    problem = {"loc": loc, "message": message}
    named = None if loc in ("kind", "id", "source.name") else event_id(event)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "one field is not as it must be: see errors",
        "errors": [problem],
        "accepted": 0,
        "duplicates": 0,
        "rejected": 1,
        "results": [{"id": event["id"], "event_id": named, "status": "rejected", "errors": [problem]}],
    }
    assert ingest.written() == []


def test_every_kind_has_five_bad_examples() -> None:
    assert list(BAD) == [event["kind"] for event in GOOD]
    assert min(map(len, BAD.values())) >= 5


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

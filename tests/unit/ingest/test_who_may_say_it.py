"""Trust is a property of the key: which names and types of source it may claim, and whose records it may post."""

import asyncio

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
    MINISTRY,
    NEWS,
    PRICE,
    SHIPMENT,
    TRADE_FLOW,
    Json,
    but,
)

OWN = (LICENCE_APPLICATION, LICENCE_DECISION, SHIPMENT, INVENTORY)
WORLDLY = (NEWS, LIST_CHANGE, MEASURE_CHANGE, PRICE, TRADE_FLOW)


def errors(answer: object) -> list[tuple[str, str]]:
    return [(error["loc"], error["message"]) for error in answer.json()["errors"]]  # type: ignore[attr-defined]


async def test_a_key_claims_no_source_type_above_its_highest(ingest: Ingest) -> None:
    ingest.add_key("ck_press", sources={"names": [], "highest_type": "trade_press"})
    refused = await ingest.post(MEASURE_CHANGE, key="ck_press")
    assert errors(refused) == [
        ("source.type", "this key may claim no higher type than trade_press, analyst, company, social, system")
    ]
    assert (await ingest.post(but(NEWS, source={"name": "x", "type": "newswire"}), key="ck_press")).status_code == 422
    assert (
        await ingest.post(but(NEWS, source={"name": "x", "type": "trade_press"}), key="ck_press")
    ).status_code == 202
    assert (await ingest.post(but(NEWS, source={"name": "x", "type": "social"}), key="ck_press")).status_code == 202


async def test_a_key_speaks_under_its_own_names_only(ingest: Ingest) -> None:
    ingest.add_key("ck_moe", sources={"names": ["MOE"], "highest_type": "government"})
    refused = await ingest.post(but(MEASURE_CHANGE, source=MINISTRY), key="ck_moe")
    assert errors(refused) == [("source.name", "this key may speak as MOE only")]
    taken = await ingest.post(but(MEASURE_CHANGE, source={"name": "MOE", "type": "government"}), key="ck_moe")
    assert taken.status_code == 202


@pytest.mark.parametrize("event", OWN, ids=lambda event: event["kind"])
async def test_a_customers_key_posts_its_own_records(ingest: Ingest, event: Json) -> None:
    ingest.add_key("ck_acme", customer_id="acme")
    assert (await ingest.post(event, key="ck_acme")).status_code == 202


@pytest.mark.parametrize("event", WORLDLY, ids=lambda event: event["kind"])
async def test_a_customers_key_says_nothing_about_the_world(ingest: Ingest, event: Json) -> None:
    ingest.add_key("ck_acme", customer_id="acme")
    message = "a key bound to a customer posts licence_application, licence_decision, shipment, inventory only"
    assert ("kind", message) in errors(await ingest.post(event, key="ck_acme"))


@pytest.mark.parametrize("customer", ["globex", "nobody"])
async def test_a_customers_key_does_not_learn_who_else_there_is(ingest: Ingest, customer: str) -> None:
    ingest.add_key("ck_acme", customer_id="acme")
    answer = await ingest.post(but(INVENTORY, customer_id=customer), key="ck_acme")
    assert errors(answer) == [("customer_id", f"unknown customer '{customer}': this key posts for 'acme' only")]


async def test_the_same_id_of_two_customers_is_two_events(ingest: Ingest) -> None:
    ingest.add_key("ck_acme", customer_id="acme")
    ingest.add_key("ck_globex", customer_id="globex")
    answers = [
        await ingest.post(but(INVENTORY, customer_id=customer), key=f"ck_{customer}") for customer in ("acme", "globex")
    ]
    answers.append(await ingest.post(INVENTORY))
    assert [answer.json()["results"][0]["status"] for answer in answers] == ["accepted"] * 3
    assert len({answer.json()["results"][0]["event_id"] for answer in answers}) == 3


async def test_without_the_scope_nothing_is_taken(ingest: Ingest) -> None:
    ingest.add_key("ck_reader", scopes=["events:read"])
    answer = await ingest.post(b"no json", key="ck_reader")
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (403, "lacks the scope events:write")


async def test_a_wrong_key_is_401_whatever_comes_with_it(ingest: Ingest) -> None:
    for body, content_type in ((b"no json", "application/json"), (b"", "text/plain"), (GOOD[0], "application/json")):
        answer = await ingest.post(body, content_type, key="ck_wrong")
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert ingest.written() == []


async def test_a_customer_that_was_put_a_moment_ago_is_waited_for(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.customers.HEARD_OF_WITHIN_S", 1.0)
    asyncio.get_running_loop().call_later(0.05, ingest.put_customer, "newcomer")
    answer = await ingest.post([INVENTORY, but(INVENTORY, customer_id="newcomer", source=ERP, id="i-2")])
    assert answer.json()["accepted"] == 2


async def test_a_customer_that_was_deleted_is_unknown(ingest: Ingest) -> None:
    del ingest.profiles["acme"]
    assert (await ingest.post(INVENTORY)).status_code == 422

"""A customer's profile: from a PUT to the topics that the other services read."""

import asyncio
import json

import pytest

from shared.contracts.customers import ProfileRecord
from shared.kafka.record import Incoming, Stamp
from shared.kafka.topics import CUSTOMERS, LEDGER, partition_of
from tests.fixtures.customers import motor_maker
from tests.integration.control.process import PARTITIONS, Running, records, until

pytestmark = pytest.mark.integration

PROFILE = motor_maker().model_dump(mode="json")


def versions(found: list[Incoming]) -> list[int | None]:
    """None: a tombstone."""
    return [ProfileRecord.model_validate_json(one.value).version if one.value else None for one in found]


async def test_a_profile_reaches_the_ledger_and_the_customers_before_its_answer(control: Running) -> None:
    async with control.client() as client:
        answer = await client.put("/customers/first", json=PROFILE)
    assert answer.status_code == 201
    assert answer.headers["location"] == "/v1/customers/first"
    assert answer.json()["version"] == 1
    [on_ledger] = await records(control.bootstrap, LEDGER, "first")
    [on_customers] = await records(control.bootstrap, CUSTOMERS, "first")
    assert on_ledger.partition == partition_of("first", PARTITIONS)
    stamp = Stamp.read(on_ledger.headers)
    assert (stamp.event_id, stamp.schema) == ("profile/first/1", "profile/1")
    record = ProfileRecord.model_validate_json(on_ledger.value or b"")
    assert record == ProfileRecord(customer_id="first", version=1, baseline="quiet", profile=motor_maker())
    assert on_customers.value == on_ledger.value


async def test_the_same_profile_again_says_nothing_and_another_counts_up(control: Running) -> None:
    async with control.client() as client:
        await client.put("/customers/again", json=PROFILE)
        same = await client.put("/customers/again?baseline=alert", json=PROFILE)
        other = await client.put("/customers/again?baseline=alert", json=PROFILE | {"name": "New name"})
        shown = await client.get("/customers/again")
    assert [(one.status_code, one.json()["version"]) for one in (same, other)] == [(200, 1), (200, 2)]
    assert shown.json() == other.json()
    told = await records(control.bootstrap, LEDGER, "again")
    assert versions(told) == [1, 2]
    assert ProfileRecord.model_validate_json(told[1].value or b"").baseline == "alert"


async def test_a_deleted_customer_put_again_goes_on_with_its_version(control: Running) -> None:
    async with control.client() as client:
        await client.put("/customers/back", json=PROFILE)
        gone = await client.delete("/customers/back")
        missing = await client.get("/customers/back")
        again = await client.delete("/customers/back")
        back = await client.put("/customers/back", json=PROFILE)
    assert [one.status_code for one in (gone, missing, again, back)] == [204, 404, 404, 201]
    assert back.json()["version"] == 3
    told = await records(control.bootstrap, LEDGER, "back")
    assert versions(told) == [1, 2, 3]
    assert ProfileRecord.model_validate_json(told[1].value or b"").profile is None
    assert versions(await records(control.bootstrap, CUSTOMERS, "back")) == [1, None, 3]


async def test_a_list_is_paged_without_gap_or_repeat(control: Running) -> None:
    names = [f"page-{number}" for number in range(7)]
    async with control.client() as client:
        for name in names:
            await client.put(f"/customers/{name}", json=PROFILE)
        seen, cursor = [], None
        while True:
            query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/customers", params=query)).json()
            assert len(page["items"]) <= 3
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert [name for name in seen if name in names] == names
    assert len(seen) == len(set(seen))


async def test_names_hold_any_character_but_those_that_control(control: Running) -> None:
    odd = PROFILE | {"name": "Motörhead ﷽ \U0001f9f2"}
    async with control.client() as client:
        put = await client.put("/customers/odd", json=odd)
        refused = await client.put("/customers/odd", json=odd | {"sector": "a\x00"})
        shown = await client.get("/customers/odd")
    assert [error["loc"] for error in refused.json()["errors"]] == ["body.sector"]
    assert put.json()["name"] == shown.json()["name"] == odd["name"]


async def test_changes_of_one_customer_at_once_are_told_in_one_order(control: Running) -> None:

    async with control.client() as client:
        answers = await asyncio.gather(
            *(client.put("/customers/rush", json=PROFILE | {"name": f"name {number}"}) for number in range(20))
        )
    assert sorted(answer.json()["version"] for answer in answers) == list(range(1, 21))
    assert [answer.status_code for answer in answers].count(201) == 1

    async def all_told() -> bool:
        return len(await records(control.bootstrap, CUSTOMERS, "rush")) == 20

    await until(all_told)
    for topic in (LEDGER, CUSTOMERS):
        assert versions(await records(control.bootstrap, topic, "rush")) == list(range(1, 21))


async def test_what_was_answered_survives_a_kill(control: Running) -> None:
    async with control.client() as client:
        await client.put("/customers/kill", json=PROFILE)
    control.kill()
    control.start()
    async with control.client() as client:
        assert (await client.get("/customers/kill")).status_code == 200
        assert (await client.put("/customers/kill", json=PROFILE | {"name": "Other"})).json()["version"] == 2
    assert versions(await records(control.bootstrap, LEDGER, "kill")) == [1, 2]


async def test_an_import_is_put_line_by_line_and_the_same_again_changes_nothing(control: Running) -> None:
    lines = [json.dumps({"id": f"many-{number}", **PROFILE}) for number in range(300)]
    lines[150] = "{broken"
    body = "\n".join(lines)
    async with control.client() as client:
        client.headers["content-type"] = "application/x-ndjson"
        tried = await client.post("/customers:import?dry_run=true", content=body)
        before = await client.get("/customers/many-7")
        first = await client.post("/customers:import", content=body)
        again = await client.post("/customers:import", content=body)
    assert before.status_code == 404
    counts = [(one["created"], one["unchanged"], one["rejected"]) for one in (a.json() for a in (tried, first, again))]
    assert counts == [(299, 0, 1), (299, 0, 1), (0, 299, 1)]
    assert [one["line"] for one in first.json()["results"] if one["status"] == "rejected"] == [151]
    [told] = await records(control.bootstrap, LEDGER, "many-299")
    assert told.partition == partition_of("many-299", PARTITIONS)
    assert ProfileRecord.model_validate_json(told.value or b"").profile == motor_maker()


async def test_a_sheet_is_put_as_what_it_says_and_removes_no_products(control: Running) -> None:
    sheet = (
        "customer_id;name;sector;end_use;destination;material;annual_demand_kg;origins;inventory_days;"
        "substitutability;revenue_share\n"
        'sheet;Motor maker;EV;civil;DE;Tb;1200;"CN:0.9;MY:0.1";60;0.1;0.4\n'
        "makes;Maker;;;DE;Tb;1;;;;\n"
    )
    product = {"name": "motor", "annual_units": 1, "materials": [{"material": "Dy", "kg_per_unit": 1}]}
    async with control.client() as client:
        await client.put("/customers/makes", json=PROFILE | {"products": [product]})
        report = await client.post("/customers:import", content=sheet, headers={"content-type": "text/csv"})
        put = await client.put("/customers/sheet", json=PROFILE)
    assert [one["status"] for one in report.json()["results"]] == ["created", "rejected"]
    assert put.json()["version"] == 1, "the same as the sheet said"

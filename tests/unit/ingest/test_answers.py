"""What became of each event: accepted, a duplicate, or rejected with the reason, in the order in which they came."""

import asyncio
from uuid import uuid5

from prometheus_client import REGISTRY

from services.ingest.identity import NAMESPACE
from services.ingest.testing import NDJSON, Ingest, lines
from tests.unit.ingest.events import INVENTORY, LICENCE_DECISION, NEWS, PRICE, but


def statuses(answer: object) -> list[str]:
    return [result["status"] for result in answer.json()["results"]]  # type: ignore[attr-defined]


async def test_one_bad_event_rejects_that_event_alone(ingest: Ingest) -> None:
    answer = await ingest.post([NEWS, but(NEWS, id="n-2", title=...), INVENTORY])
    body = answer.json()
    assert answer.status_code == 202
    assert (body["accepted"], body["duplicates"], body["rejected"]) == (2, 0, 1)
    assert [result["id"] for result in body["results"]] == ["n-1", "n-2", "i-1"]
    assert body["results"][1] == {
        "id": "n-2",
        "event_id": str(uuid5(NAMESPACE, '[null,"Wire","news","n-2"]')),
        "status": "rejected",
        "errors": [{"loc": "1.title", "message": "required"}],
    }


async def test_where_nothing_is_valid_it_is_a_422_with_every_reason(ingest: Ingest) -> None:
    answer = await ingest.post([but(NEWS, title=...), but(NEWS, kind="x")])
    body = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert body["detail"] == "none of 2 events is as it must be: see results"
    assert [error["loc"] for error in body["errors"]] == ["0.title", "1.kind"]
    assert body["rejected"] == 2
    assert len(body["results"]) == 2


async def test_the_same_event_again_is_a_duplicate_and_is_not_written(ingest: Ingest) -> None:
    first, again = await ingest.post(NEWS), await ingest.post(NEWS)
    assert (statuses(first), statuses(again)) == (["accepted"], ["duplicate"])
    assert again.status_code == 202
    assert first.json()["results"][0]["event_id"] == again.json()["results"][0]["event_id"]
    assert len(ingest.written()) == 1


async def test_another_spelling_of_the_same_content_is_a_duplicate(ingest: Ingest) -> None:
    await ingest.post(INVENTORY)
    again = await ingest.post(but(INVENTORY, material="Tb", as_of="2025-11-10T01:00:00+01:00", on_hand_kg=300.0))
    assert statuses(again) == ["duplicate"]


async def test_other_content_under_the_same_id_is_a_correction_and_goes_through(ingest: Ingest) -> None:
    answers = [await ingest.post(but(INVENTORY, on_hand_kg=kg)) for kg in (300, 250, 250, 300)]
    assert [statuses(answer) for answer in answers] == [["accepted"], ["accepted"], ["duplicate"], ["accepted"]]
    assert [event["on_hand_kg"] for event in ingest.written()] == [300, 250, 300]
    assert len({answer.json()["results"][0]["event_id"] for answer in answers}) == 1


async def test_duplicates_within_one_request_are_told(ingest: Ingest) -> None:
    answer = await ingest.post([NEWS, NEWS, but(NEWS, title="Corrected"), NEWS])
    assert statuses(answer) == ["accepted", "duplicate", "accepted", "accepted"]
    assert len(ingest.written()) == 3


async def test_without_an_id_one_is_derived_from_the_content_and_kept(ingest: Ingest) -> None:
    anonymous = but(PRICE, id=...)
    first, again = await ingest.post(anonymous), await ingest.post(anonymous)
    other = await ingest.post(but(anonymous, price=263))
    assert (statuses(first), statuses(again), statuses(other)) == (["accepted"], ["duplicate"], ["accepted"])
    (result,) = first.json()["results"]
    assert len(result["id"]) == 32
    assert ingest.written()[0]["id"] == result["id"]
    assert other.json()["results"][0]["id"] != result["id"]


async def test_the_event_id_is_a_uuid_of_operator_source_kind_and_id(ingest: Ingest) -> None:
    answer = await ingest.post(NEWS)
    expected = uuid5(NAMESPACE, '[null,"Wire","news","n-1"]')
    assert answer.json()["results"][0]["event_id"] == str(expected)


async def test_ids_are_kept_apart_by_source_and_kind(ingest: Ingest) -> None:
    events = [
        but(INVENTORY, id="1"),
        but(LICENCE_DECISION, id="1"),
        but(INVENTORY, id="1", source={"name": "ERP 2", "type": "company"}),
    ]
    answer = await ingest.post(events)
    assert statuses(answer) == ["accepted"] * 3
    assert len({result["event_id"] for result in answer.json()["results"]}) == 3


async def test_the_same_post_twice_at_once_is_written_once(ingest: Ingest) -> None:
    ingest.producer.away = True
    first, second = asyncio.create_task(ingest.post(NEWS)), asyncio.create_task(ingest.post(NEWS))
    await asyncio.sleep(0.05)
    assert not first.done()
    assert not second.done()
    ingest.producer.back()
    assert [statuses(await first), statuses(await second)] == [["accepted"], ["duplicate"]]
    assert len(ingest.written()) == 1


async def test_a_correction_of_what_is_still_in_flight_is_written_after_it(ingest: Ingest) -> None:
    ingest.producer.away = True
    first = asyncio.create_task(ingest.post(INVENTORY))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(ingest.post(but(INVENTORY, on_hand_kg=250)))
    await asyncio.sleep(0.02)
    ingest.producer.back()
    assert [statuses(await first), statuses(await second)] == [["accepted"], ["accepted"]]
    assert [event["on_hand_kg"] for event in ingest.written()] == [300, 250]
    assert statuses(await ingest.post(but(INVENTORY, on_hand_kg=250))) == ["duplicate"]


async def test_a_thousand_lines_are_answered_in_their_order(ingest: Ingest) -> None:
    events = [but(NEWS, id=f"n-{number}") for number in range(1_000)]
    answer = await ingest.post(lines(*events), NDJSON)
    assert [result["id"] for result in answer.json()["results"]] == [event["id"] for event in events]
    assert [event["id"] for event in ingest.written() if event] != []
    assert answer.json()["accepted"] == 1_000


async def test_events_are_counted_by_kind_and_outcome(ingest: Ingest) -> None:
    def count(kind: str, outcome: str) -> float:
        labels = {"kind": kind, "outcome": outcome}
        return REGISTRY.get_sample_value("chokepoint_events_ingested_total", labels) or 0

    seen = [("news", "accepted"), ("news", "duplicate"), ("price", "rejected"), ("other", "rejected")]
    before = [count(*labels) for labels in seen]
    await ingest.post([NEWS, NEWS, but(PRICE, price=0), but(NEWS, kind="x" * 50), 17])
    assert [count(*labels) - was for labels, was in zip(seen, before, strict=True)] == [1, 1, 1, 2]

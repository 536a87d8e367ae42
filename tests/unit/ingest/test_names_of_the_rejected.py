"""By which names the answer tells a rejected event: the id is the sender's own as it was given, else null; the event id
is there wherever kind, name of the source and id are as they must be, as what is mended and sent again will have it."""

import pytest

from services.ingest.testing import NDJSON, Ingest, lines
from tests.unit.ingest.events import INVENTORY, MEASURE_CHANGE, NEWS, PRICE, WIRE, Json, but

TOMORROW = "2025-11-11T12:00:00Z"


async def names(ingest: Ingest, *events: object, **headers: str) -> list[tuple[object, object]]:
    answer = await ingest.post(list(events), **headers)
    return [(result["id"], result["event_id"]) for result in answer.json()["results"]]


@pytest.mark.parametrize(
    ("wrong", "mended"),
    [
        (but(NEWS, title=...), NEWS),
        (but(NEWS, published_at=TOMORROW), NEWS),
        (but(NEWS, headline="x", url="ftp://x"), NEWS),
        (but(NEWS, source=WIRE | {"type": "blog"}), NEWS),
        (but(INVENTORY, customer_id="initech"), INVENTORY),
        (but(MEASURE_CHANGE, until="2025-11-08"), MEASURE_CHANGE),
        (but(PRICE, currency="XYZ"), PRICE),
    ],
    ids=["a field short", "too early", "two fields wrong", "type of source", "customer", "a rule broken", "spelling"],
)
async def test_mended_and_sent_again_it_has_the_same_names(ingest: Ingest, wrong: Json, mended: Json) -> None:
    rejected, accepted = await names(ingest, wrong, mended)
    assert rejected == accepted
    assert rejected[0] == mended["id"]


async def test_the_event_id_is_that_of_the_keys_customer(ingest: Ingest) -> None:
    ingest.add_key("ck_acme", customer_id="acme")
    rejected, accepted = await names(ingest, but(INVENTORY, on_hand_kg=-1), INVENTORY, key="ck_acme")
    assert rejected == accepted
    assert [rejected] != await names(ingest, INVENTORY)


@pytest.mark.parametrize(
    "wrong",
    [
        but(NEWS, kind="rumour"),
        but(NEWS, kind=...),
        but(NEWS, source={"type": "newswire"}),
        but(NEWS, source={"name": "", "type": "newswire"}),
        but(NEWS, source={"name": " ", "type": "newswire"}),
        but(NEWS, source="Wire"),
    ],
    ids=["kind", "no kind", "no name", "empty name", "blank name", "no source"],
)
async def test_without_kind_or_name_there_is_an_id_alone(ingest: Ingest, wrong: Json) -> None:
    assert await names(ingest, wrong) == [("n-1", None)]


async def test_a_name_or_kind_that_the_key_may_not_claim_counts_as_wrong(ingest: Ingest) -> None:
    ingest.add_key("ck_moe", sources={"names": ["MOE"], "highest_type": "government"})
    assert await names(ingest, NEWS, key="ck_moe") == [("n-1", None)]
    ingest.add_key("ck_acme", customer_id="acme")
    assert await names(ingest, NEWS, key="ck_acme") == [("n-1", None)]


@pytest.mark.parametrize("sender_id", ["x" * 300, "", "a\nb", "a\x85b", "a\u2028b"], ids=ascii)
async def test_an_id_that_may_not_be_is_told_as_it_stands(ingest: Ingest, sender_id: str) -> None:
    assert await names(ingest, but(NEWS, id=sender_id)) == [(sender_id, None)]


@pytest.mark.parametrize("sender_id", [..., None, 17, ["n-1"]], ids=["left out", "null", "number", "list"])
@pytest.mark.parametrize("fault", [{"title": ...}, {"published_at": TOMORROW}, {"source": WIRE | {"type": "blog"}}])
async def test_without_an_id_of_its_own_it_has_no_names(ingest: Ingest, sender_id: object, fault: Json) -> None:
    assert await names(ingest, but(NEWS, **{"id": sender_id} | fault)) == [(None, None)]


async def test_what_is_no_event_has_no_names(ingest: Ingest) -> None:
    assert await names(ingest, 17, None, "n-1", []) == [(None, None)] * 4


async def test_a_cloudevent_with_a_wrong_envelope_is_told_by_the_envelopes_id(ingest: Ingest) -> None:
    envelope = {"specversion": "0.3", "id": "ce-7", "source": "/erp", "type": "x", "data": NEWS}
    answer = await ingest.post(envelope, "application/cloudevents+json")
    (result,) = answer.json()["results"]
    assert (result["id"], result["event_id"]) == ("ce-7", None)


async def test_results_stand_in_the_order_of_the_events_whatever_became_of_them(ingest: Ingest) -> None:
    def event(number: int) -> bytes | Json:
        fate: list[bytes | Json] = [
            but(NEWS, id=f"n-{number}"),
            but(NEWS, id=f"n-{number}", title=...),
            but(NEWS, id=f"n-{number - 2}"),
            but(NEWS, id=f"n-{number}", published_at=TOMORROW),
            b'{"id": "n-',
        ]
        return fate[number % 5]

    answer = await ingest.post(lines(*map(event, range(1_500))), NDJSON)
    told = [(result["id"], result["status"]) for result in answer.json()["results"]]
    assert told == [
        pair
        for number in range(0, 1_500, 5)
        for pair in (
            (f"n-{number}", "accepted"),
            (f"n-{number + 1}", "rejected"),
            (f"n-{number}", "duplicate"),
            (f"n-{number + 3}", "rejected"),
            (None, "rejected"),
        )
    ]

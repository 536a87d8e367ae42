"""A producer that lost a batch can write nothing after it. Until a new process stands in its place every answer is a
503, nothing is said to be taken that is not there, and what is sent again counts once."""

import asyncio

import pytest
from aiokafka.errors import KafkaError

from services.ingest import app
from services.ingest.settings import IngestSettings
from services.ingest.testing import Ingest
from services.ingest.writer import ProducerBroken
from tests.unit.ingest.events import GOOD, INVENTORY, NEWS

LOST = KafkaError("out of order")


async def test_whose_events_were_in_it_is_told_to_send_them_again(ingest: Ingest) -> None:
    ingest.producer.refusal = LOST
    answer = await ingest.post(list(GOOD))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "send the same again" in answer.json()["detail"]
    assert ingest.written() == []


async def test_from_then_on_nothing_is_taken(ingest: Ingest) -> None:
    ingest.producer.refusal = LOST
    await ingest.post(NEWS)
    ingest.producer.refusal = None
    for event in (NEWS, INVENTORY):
        answer = await ingest.post(event)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert (await ingest.ask("GET", "/readyz")).text == "the broker refused records, this process starts anew"
    assert ingest.written() == []


async def test_who_waits_for_the_same_event_is_not_told_that_it_is_there(ingest: Ingest) -> None:
    ingest.producer.away, ingest.producer.refusal = True, LOST
    posts = [asyncio.create_task(ingest.post(NEWS)) for _ in range(2)]
    await asyncio.sleep(0.01)
    ingest.producer.back()
    assert [(await post).status_code for post in posts] == [503, 503]


async def test_the_next_process_takes_what_is_sent_again(ingest: Ingest) -> None:
    ingest.producer.refusal = LOST
    await ingest.post(list(GOOD))
    anew = Ingest()
    assert (await anew.post(list(GOOD))).json()["accepted"] == len(anew.written()) == len(GOOD)


async def test_the_process_ends_with_the_reason_once_open_requests_are_answered(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def serve(_: object, __: object, stopping: asyncio.Event) -> None:
        await stopping.wait()

    monkeypatch.setattr(app, "serve", serve)
    broken = ingest.writer.broken
    serving = asyncio.create_task(app._serve_until_broken(ingest.app, IngestSettings(), asyncio.Event(), [broken]))
    ingest.producer.refusal = LOST
    await ingest.post(NEWS)
    with pytest.raises(ProducerBroken, match="the broker refused records"):
        await serving

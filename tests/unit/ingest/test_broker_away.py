"""While the broker is away nothing is accepted, every answer comes in time, and a retry counts once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka.errors import KafkaTimeoutError

from services.ingest import writer
from services.ingest.customers import HEARD_OF_WITHIN_S
from services.ingest.testing import BEARER, NDJSON, Ingest, lines
from services.ingest.writer import ACKNOWLEDGED_WITHIN_S
from tests.unit.ingest.events import INVENTORY, NEWS, but


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "ACKNOWLEDGED_WITHIN_S", 0.05)


def test_a_sender_waits_six_seconds_at_most() -> None:
    assert HEARD_OF_WITHIN_S + ACKNOWLEDGED_WITHIN_S < 6


async def test_it_is_a_503_that_says_when_to_come_again(ingest: Ingest) -> None:
    ingest.producer.away = True
    answer = await ingest.post(NEWS)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_retry_while_it_is_still_away_is_a_503_and_afterwards_a_duplicate(ingest: Ingest) -> None:
    ingest.producer.away = True
    assert [(await ingest.post(NEWS)).status_code for _ in range(3)] == [503, 503, 503]
    ingest.producer.back()
    await asyncio.sleep(0)
    answer = await ingest.post(NEWS)
    assert (answer.status_code, answer.json()["results"][0]["status"]) == (202, "duplicate")
    assert len(ingest.written()) == 1


async def test_a_retry_that_waits_is_told_when_the_first_is_written(ingest: Ingest) -> None:
    ingest.producer.away = True
    assert (await ingest.post(NEWS)).status_code == 503
    retry = asyncio.create_task(ingest.post(NEWS))
    await asyncio.sleep(0.01)
    ingest.producer.back()
    assert (await retry).json()["duplicates"] == 1
    assert len(ingest.written()) == 1


async def test_an_id_counts_as_had_only_once_acknowledged(ingest: Ingest) -> None:
    ingest.producer.no_room = KafkaTimeoutError()
    assert (await ingest.post(NEWS)).status_code == 503
    ingest.producer.no_room = None
    assert (await ingest.post(NEWS)).json()["accepted"] == 1
    assert not ingest.writer.broken.done()


async def test_the_service_says_that_it_is_not_ready_until_something_is_written(ingest: Ingest) -> None:
    assert (await ingest.ask("GET", "/readyz")).status_code == 200
    ingest.producer.away = True
    await ingest.post(NEWS)
    unready = await ingest.ask("GET", "/readyz")
    assert (unready.status_code, unready.text) == (503, "the broker does not acknowledge")
    assert (await ingest.ask("GET", "/livez")).status_code == 200
    ingest.producer.back()
    await asyncio.sleep(0.01)
    assert (await ingest.ask("GET", "/readyz")).status_code == 200


async def test_a_stream_that_loses_the_broker_tells_what_was_written(ingest: Ingest) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield lines(*[but(NEWS, id=f"a-{number}") for number in range(500)]) + b"\n"
        await asyncio.sleep(0.01)
        ingest.producer.away = True
        yield lines(*[but(NEWS, id=f"b-{number}") for number in range(2_000)])

    answer = await ingest.ask("POST", "/v1/events", content=body(), headers=BEARER | {"content-type": NDJSON})
    assert answer.status_code == 503
    assert answer.json()["accepted"] == len(answer.json()["results"]) == 500


async def test_more_than_fits_is_refused_at_once(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_HELD", 1_000)
    ingest.producer.away = True
    assert (await ingest.post([NEWS, INVENTORY])).status_code == 503
    answer = await ingest.post(but(NEWS, id="n-2"))
    assert (answer.status_code, "keep up" in answer.json()["detail"]) == (503, True)


async def test_while_customers_are_not_known_nothing_is_taken(ingest: Ingest) -> None:
    ingest.not_loaded = "reading topic customers"
    answer = await ingest.post(INVENTORY)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "reading topic customers" in answer.json()["detail"]
    assert (await ingest.ask("GET", "/readyz")).text == "reading topic customers"

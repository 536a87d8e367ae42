"""`POST /classify`: what would be read from a text."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from services.classifier.classify import LARGEST_BODY, classify_route
from shared.contracts.base import to_json
from shared.domain.judgement.reader import light_reader
from shared.http.problems import app_of
from tests.unit.judgement.texts import news

CONTROL = to_json(
    news(
        "China imposes export controls on gallium", "From 1 August exporters must obtain a licence, the ministry said."
    )
)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    app = app_of([classify_route(light_reader())])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://classifier") as asking:
        yield asking


async def test_signals_dropped_and_classifier_and_nothing_else(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/classify", content=CONTROL, headers={"event-id": "e1"})

    told = answer.json()
    assert answer.status_code == 200
    assert set(told) == {"signals", "dropped", "classifier"}
    (signal,) = told["signals"]
    assert (signal["type"], signal["id"], signal["event_id"]) == ("control_imposed", "e1-1", "e1")
    assert signal["effective_on"] == "2026-08-01"
    assert "story_id" not in signal
    assert "novelty" not in signal


async def test_a_signal_of_no_state_says_so(client: httpx2.AsyncClient) -> None:
    fire = news("Gallium", "A fire halted production at a gallium refinery in Stade on Sunday, the operator said.")
    (signal,) = (await client.post("/classify", content=to_json(fire))).json()["signals"]
    assert signal["issuer"] is None


async def test_without_an_event_id_the_same_text_has_the_same_ids(client: httpx2.AsyncClient) -> None:
    first, second = [(await client.post("/classify", content=CONTROL)).json() for _ in range(2)]
    assert first == second


async def test_an_irrelevant_text_has_no_signal(client: httpx2.AsyncClient) -> None:
    told = (await client.post("/classify", content=to_json(news("Arsenal beat Chelsea")))).json()
    assert (told["signals"], told["dropped"]) == ([], [])


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b'{"kind":"news","x":1}', "body.x"),
        (CONTROL.replace(b"2026-03", b"2026-33"), "body.published_at"),
    ],
)
async def test_what_is_no_news_is_refused_by_field(client: httpx2.AsyncClient, body: bytes, loc: str) -> None:
    refused = await client.post("/classify", content=body)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert loc in {error["loc"] for error in refused.json()["errors"]}


async def test_a_body_beyond_the_limit_is_refused(client: httpx2.AsyncClient) -> None:
    refused = await client.post("/classify", content=b" " * (LARGEST_BODY + 1))
    assert refused.status_code == 413

"""A news event of any date is judged by the classifier, and nothing is stored."""

import httpx2
import orjson

from services.ingest.testing import Ingest
from tests.unit.ingest.events import INVENTORY, NEWS, Json, but

PATH = "/v1/classify"
JUDGEMENT: Json = {"signals": [{"type": "export_halt"}], "dropped": [], "classifier": "test@1"}


async def test_the_classifiers_answer_is_passed_on_and_nothing_is_written(ingest: Ingest) -> None:
    asked: list[httpx2.Request] = []

    def classify(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, json=JUDGEMENT)

    ingest.classify = classify
    answer = await ingest.post(but(NEWS, published_at="2010-09-23T00:00:00Z"), path=PATH)
    assert (answer.status_code, answer.json()) == (200, JUDGEMENT)
    assert ingest.written() == []
    (request,) = asked
    assert request.url.path == "/classify"
    assert orjson.loads(request.content)["published_at"] == "2010-09-23T00:00:00.000000Z"
    assert len(request.headers["event-id"]) == 36
    assert request.headers["traceparent"].startswith("00-")


async def test_a_future_date_is_judged_too(ingest: Ingest) -> None:
    ingest.classify = lambda _: httpx2.Response(200, json=JUDGEMENT)
    assert (await ingest.post(but(NEWS, published_at="2031-01-01T00:00:00Z"), path=PATH)).status_code == 200


async def test_a_classifier_that_is_away_is_a_503(ingest: Ingest) -> None:
    answer = await ingest.post(NEWS, path=PATH)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_classifier_that_is_not_ready_is_a_503(ingest: Ingest) -> None:
    ingest.classify = lambda _: httpx2.Response(503, text="loading the model")
    assert (await ingest.post(NEWS, path=PATH)).status_code == 503


async def test_what_the_classifier_refuses_is_refused_in_its_words(ingest: Ingest) -> None:
    problem = httpx2.Response(422, json={"detail": "too long"}, headers={"content-type": "application/problem+json"})
    ingest.classify = lambda _: problem
    answer = await ingest.post(NEWS, path=PATH)
    assert (answer.status_code, answer.json()) == (422, {"detail": "too long"})


async def test_only_news_is_judged_and_only_whole(ingest: Ingest) -> None:
    other = await ingest.post(INVENTORY, path=PATH)
    assert (other.status_code, other.json()["errors"]) == (422, [{"loc": "kind", "message": "must be news"}])
    partial = await ingest.post(but(NEWS, title=...), path=PATH)
    assert partial.json()["errors"] == [{"loc": "title", "message": "required"}]
    broken = await ingest.post(b"{", path=PATH)
    assert broken.json()["errors"] == [{"loc": "body", "message": "invalid JSON, column 2: unexpected end of data"}]
    assert (await ingest.post(NEWS, "application/x-ndjson", path=PATH)).status_code == 415


async def test_it_needs_the_scope_to_read_events(ingest: Ingest) -> None:
    ingest.add_key("ck_writer", scopes=["events:write"])
    answer = await ingest.post(NEWS, path=PATH, key="ck_writer")
    assert (answer.status_code, "events:read" in answer.json()["detail"]) == (403, True)

"""What nobody has caught: a problem without its inside, logged once under the id that the answer carries."""

import httpx2
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from services.ingest.testing import Ingest
from shared.http.traced import Traced
from shared.http.unexpected import AnswerUnexpected
from tests.unit.http.asking import ask

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("password=hunter2")


async def half_answered(scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("too late")


async def test_the_answer_is_a_problem_and_the_log_has_its_id_but_not_its_words() -> None:
    with capture_logs() as logs:
        answer = await ask(AnswerUnexpected(broken), "GET", "/broken")
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "Internal Server Error", 500)
    [line] = logs
    assert (line["request_id"], line["error"]) == (problem["request_id"], "RuntimeError")
    assert line["at"][-1].endswith(" broken")
    assert "hunter2" not in answer.text + str(logs)


async def test_a_caller_that_traces_finds_its_own_trace_id() -> None:
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    answer = await ask(Traced(AnswerUnexpected(broken)), "GET", "/broken", headers=headers)
    assert answer.json()["request_id"] == TRACE


async def test_an_answer_that_has_begun_is_cut_off() -> None:
    with pytest.raises(RuntimeError, match="too late"):
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(AnswerUnexpected(half_answered))) as client:
            await client.get("http://here/")


async def test_posted_events_have_it_in_front_of_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest = Ingest()

    def fail(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(type(ingest.door), "checked", fail)
    with capture_logs() as logs:
        answer = await ingest.post({"kind": "news"})
    assert answer.status_code == 500
    assert [line["request_id"] for line in logs] == [answer.json()["request_id"]]
    assert "hunter2" not in answer.text + str(logs)

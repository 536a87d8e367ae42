"""How an explained alert and the way of an event look on a terminal."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from rich.console import Console

from services.cli import explain
from services.cli.exit_codes import Exit
from services.cli.explain import explain_id, view_of
from shared.client import Client, Connection, Problem
from shared.contracts.base import to_json
from shared.contracts.traces import Explanation, Trace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def seen(score: float, band: str, stock: float) -> dict[str, Any]:
    drivers = [{"kind": "stock", "ref": "terbium", "label": "stock against lead time", "contribution": stock}]
    inputs = {"cover_days": {"value": stock, "known": True, "source": "inventory"}}
    return {"score": score, "band": band, "drivers": drivers, "inputs": inputs}


TRACE = Trace.model_validate(
    {
        "event_id": "9b1c",
        "customer_id": "acme",
        "accepted": [
            {
                "kind": "measure_change",
                "accepted_at": NOON,
                "received_at": NOON,
                "source": "Ministry [of] Commerce",
                "title": "Licences",
            }
        ],
        "measures": [
            {
                "id": "CN-1",
                "ref": "CN-1",
                "title": "Licences",
                "at": NOON,
                "after": {"state": "in_force", "confirmed": True, "belief": 0.99},
            }
        ],
        "scores": [
            {
                "customer_id": "acme",
                "material": "terbium",
                "at": NOON,
                "before": seen(31, "guarded", 20),
                "after": seen(45, "elevated", 30),
            }
        ],
        "messages": [
            {
                "message_id": "m",
                "type": "alert.opened",
                "at": NOON,
                "customer_id": "acme",
                "sequence": 7,
                "severity": "high",
                "deliveries": [
                    {
                        "id": "d",
                        "endpoint_id": "ep_1",
                        "state": "delivered",
                        "attempts": 1,
                        "status": 204,
                        "first_at": NOON,
                        "last_at": "2026-03-02T12:00:00.250Z",
                    }
                ],
            }
        ],
        "reasons": [{"code": "under_way", "text": "It has just been accepted."}],
    }
)
ALERT = {
    "id": "alert-1",
    "customer_id": "acme",
    "kind": "measure",
    "severity": "high",
    "status": "open",
    "title": "China: licences",
    "summary": "What it means.",
    "sequence": 7,
    "revision": 1,
    "opened_at": NOON,
    "updated_at": NOON,
    "links": {},
}
EXPLANATION = Explanation.model_validate(
    {
        "alert": ALERT,
        "cause": "measure",
        "about": "CN-1",
        "revisions": [
            {
                "revision": 1,
                "sequence": 7,
                "type": "alert.opened",
                "status": "open",
                "severity": "high",
                "at": NOON,
                "title": "China: licences",
                "event_id": "9b1c",
                "rule": {"code": "a", "text": "a measure changed its state"},
                "severity_because": ["CN-1 is in force"],
                "trace": TRACE,
            }
        ],
        "silenced_by": {"material": ["terbium"]},
    }
)


def printed(found: Explanation | Trace) -> str:
    console = Console(file=StringIO(), width=140, highlight=False)
    console.print(view_of(found))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_way_of_an_event_is_told_stage_by_stage() -> None:
    lines = printed(TRACE).splitlines()
    stages = [line.split("── ")[1].split()[0] for line in lines if "── " in line]
    assert stages == ["accepted", "measure", "score", "message", "delivery", "why"]
    told = "\n".join(lines)
    assert "Ministry [of] Commerce" in told
    assert "not known → in force" in told
    assert "31.0 guarded → 45.0 elevated" in told
    assert "delivered 204 at ep_1 · 0.250 s after acceptance" in told


def test_an_alert_is_told_with_its_rule_its_gravity_and_the_score_before_and_after() -> None:
    told = printed(EXPLANATION)
    assert "(a) a measure changed its state" in told
    assert "because CN-1 is in force" in told
    [drivers] = [line.split() for line in told.splitlines() if "stock against" in line]
    assert drivers[-2:] == ["20.0", "30.0"]
    assert "Inputs that changed" in told
    assert "material = terbium" in told


@pytest.mark.parametrize(("id_", "customer", "asks"), [("alert-1", None, 2), ("9b1c", None, 1), ("9b1c", "acme", 1)])
def test_an_id_is_an_event_or_else_an_alert(
    id_: str, customer: str | None, asks: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = answering(monkeypatch)
    assert explain_id(id_, customer, Path("unused"), as_json=True) == Exit.DONE
    assert len(asked) == asks
    found = TRACE if id_ == "9b1c" else EXPLANATION
    assert capsys.readouterr().out == to_json(found).decode() + "\n"


def test_what_is_neither_says_what_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch)
    with pytest.raises(Problem, match="nothing is known"):
        explain_id("nothing", None, Path("unused"), as_json=False)


def answering(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A control that knows one alert and one event; the paths that it is asked for."""
    asked: list[str] = []
    known = {"/v1/alerts/alert-1/explain": EXPLANATION, "/v1/events/9b1c/trace": TRACE}

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        if found := known.get(request.url.path):
            return httpx2.Response(200, content=to_json(found))
        return httpx2.Response(404, json={"title": "Not Found", "detail": "nothing is known of it"})

    connection = Connection("http://ingest", "http://control", "key")
    monkeypatch.setattr(Connection, "find", lambda _: connection)
    monkeypatch.setattr(explain, "Client", lambda at: Client(at, transport=httpx2.MockTransport(answer)))
    return asked

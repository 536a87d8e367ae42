"""A request's trace: a sender's goes on, or one begins; its span says what was asked and what came of it."""

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.ingest.testing import Ingest
from shared.http.traced import Traced
from shared.kafka.record import Stamp
from shared.tracing.context import here
from tests.fixtures.traces import recorded
from tests.unit.http.asking import ask

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
HEADERS = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
STOCK = {
    "kind": "inventory",
    "source": {"name": "ERP", "type": "company"},
    "customer_id": "acme",
    "material": "terbium",
    "as_of": "2025-11-10T12:00:00Z",
    "on_hand_kg": 40,
    "daily_use_kg": 3.3,
}


async def answer(request: Request) -> Response:
    return PlainTextResponse(here(), status_code=int(request.query_params.get("status", 200)))


async def nothing() -> None: ...


APP = Traced(Starlette(routes=[Route("/v1/customers/{id}", answer), Route("/livez", answer)]))


async def test_what_is_done_for_a_request_belongs_to_the_senders_trace() -> None:
    told = (await ask(APP, "GET", "/v1/customers/acme", headers=HEADERS)).text
    assert told == HEADERS["traceparent"]
    other = (await ask(APP, "GET", "/v1/customers/acme")).text
    assert other[3:35] != TRACE
    assert other.endswith("-00"), "nobody records what begins here while no collector is named"


async def test_its_span_has_the_route_and_the_status_and_is_the_senders_child() -> None:
    with recorded() as kept:
        told = (await ask(APP, "GET", "/v1/customers/acme?status=503&key=ck_private", headers=HEADERS)).text
    [span] = kept.get_finished_spans()
    assert span.name == "GET /v1/customers/{id}"
    assert span.attributes == {
        "http.request.method": "GET",
        "http.route": "/v1/customers/{id}",
        "http.response.status_code": 503,
    }
    assert span.status.description == "status 503"
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert span.context is not None
    assert told == f"00-{TRACE}-{span.context.span_id:016x}-01"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/measures/CN-2023:override", "GET /v1/measures/{measure_id}:override"),
        ("/v1/customers/v1/risk/terbium", "GET /v1/customers/{customer_id}/risk/{material}"),
        ("/v1/nothing/acme", "GET"),
    ],
)
async def test_a_route_is_named_with_its_parameters_and_not_with_what_they_hold(path: str, name: str) -> None:
    router = APIRouter()
    for route in ("/measures/{measure_id}:override", "/customers/{customer_id}/risk/{material}"):
        router.add_api_route(route, nothing)
    api = FastAPI()
    api.include_router(router, prefix="/v1")
    with recorded() as kept:
        await ask(Traced(api), "GET", path)
    assert [span.name for span in kept.get_finished_spans()] == [name]


async def test_what_machines_ask_for_all_the_time_is_no_trace() -> None:
    with recorded() as kept:
        await ask(APP, "GET", "/livez", headers=HEADERS)
    assert not kept.get_finished_spans()


async def test_posted_events_are_one_span_and_their_records_its_children() -> None:
    with recorded() as kept:
        ingest = Ingest()
        await ingest.post([STOCK, STOCK, {"kind": "inventory"}], **HEADERS)
    [span] = kept.get_finished_spans()
    assert span.name == "POST /v1/events"
    assert span.context is not None
    attributes = span.attributes or {}
    counted = [attributes[f"chokepoint.{status}"] for status in ("accepted", "duplicate", "rejected")]
    assert (attributes["http.response.status_code"], counted) == (202, [1, 1, 1])
    [record] = ingest.producer.records
    assert Stamp.read(record.headers).traceparent == f"00-{TRACE}-{span.context.span_id:016x}-01"


async def test_of_traces_that_begin_here_a_share_is_recorded() -> None:
    with recorded(trace_share=0) as kept:
        begun = (await ask(APP, "GET", "/v1/customers/acme")).text
        await ask(APP, "GET", "/v1/customers/acme", headers=HEADERS)
    assert int(begun[-2:], 16) & 1 == 0
    assert [f"{span.context.trace_id:032x}" for span in kept.get_finished_spans() if span.context] == [TRACE]

"""What who runs it can see of a system at work: one trace from the request to the webhook, and logs; no secret in
either."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from services.cli.testing import Hook, RunningSystem, Sink, running_system
from shared.contracts.endpoints import EndpointConfig
from tests.fixtures.customers import motor_maker
from tests.fixtures.events import Json, licence_decision
from tests.fixtures.ports import free_offset
from tests.fixtures.traces import Collector, Span

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SENDER = "00f067aa0ba902b7"
BRIEF = {
    "kind": "news",
    "source": {"name": "Wire", "type": "newswire"},
    "published_at": datetime.now(UTC).isoformat(),
    "title": "China bans exports of terbium to Germany",
    "body": "The commerce ministry said on Tuesday that the ban takes effect at once.",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """Of a system that has ended."""

    log: str
    spans: Sequence[Span]
    exported: bytes
    hooks: Sequence[Hook]
    private: Sequence[str]

    def lines(self) -> list[Json]:
        """JSON and nothing else, as the output is no terminal."""
        return [json.loads(line) for line in self.log.splitlines()]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    data_dir = tmp_path_factory.mktemp("observed") / "data"
    with Collector.open() as collector:
        place, url = free_offset(), collector.url
        with running_system(data_dir, place, CHOKEPOINT_SEED="none", CHOKEPOINT_OTLP_ENDPOINT=url) as system:
            hooks, private = asyncio.run(_at_work(system, data_dir))
        log = data_dir.with_suffix(".log").read_text()
        yield Seen(log, collector.spans, collector.raw, hooks, [*private, system.connection.key])


async def _at_work(system: RunningSystem, data_dir: Path) -> tuple[Sequence[Hook], Sequence[str]]:
    async with Sink.open() as sink:
        secret = await asyncio.to_thread(_subscribe, system, sink.url)
        await asyncio.to_thread(_post, system, BRIEF, traceparent=f"00-{TRACE}-{SENDER}-01")
        await sink.expect(1, within_s=30)
        await asyncio.to_thread(_post, system, licence_decision("patient", "L-REF-IN-BODY"))
        await asyncio.to_thread(_post, system, {}, authorization="Bearer ck_wrong_but_private")
        await sink.expect(2, within_s=20)
        [ready] = (line for line in _lines(data_dir) if line["event"] == "ready")
        pasted = await asyncio.create_subprocess_shell(str(ready["curl"]), stdout=asyncio.subprocess.PIPE)
        assert json.loads((await pasted.communicate())[0])["accepted"] == 1
    summaries = [json.loads(hook.body)["data"]["summary"] for hook in sink.hooks]
    return sink.hooks, [secret, secret.removeprefix("whsec_"), "ck_wrong_but_private", BRIEF["body"], *summaries]


def _subscribe(system: RunningSystem, url: str) -> str:
    with system.client() as client:
        client.put_customer("patient", motor_maker())
        config = EndpointConfig(customer_id="patient", url=url, min_severity="info")
        return client.create_endpoint(config).secret


def _post(system: RunningSystem, event: Json, **headers: str) -> None:
    key = {"authorization": f"Bearer {system.connection.key}", "content-type": "application/json"}
    httpx2.post(f"{system.connection.url}/v1/events", content=json.dumps(event), headers=key | headers, timeout=30)


def _lines(data_dir: Path) -> list[Json]:
    return [json.loads(line) for line in data_dir.with_suffix(".log").read_text().splitlines()]


def test_one_trace_leads_from_the_request_through_every_process_to_the_webhook(seen: Seen) -> None:
    spans = {span.span_id: span for span in seen.spans if span.trace_id == TRACE}
    [webhook] = [span for span in spans.values() if span.name == "webhook"]
    way, at = [], webhook
    while at.parent_id in spans:
        way.append((at.service, at.name))
        at = spans[at.parent_id]
    way.append((at.service, at.name))
    assert way[::-1] == [
        ("ingest", "POST /v1/events"),
        ("classifier", "process events.news"),
        ("registry", "process world"),
        ("scorer", "process ledger"),
        ("dispatcher", "webhook"),
    ]
    assert at.parent_id == SENDER
    assert {span.service for span in spans.values()} == {*(service for service, _ in way), "control"}


def test_the_receiver_is_given_the_attempts_own_place_in_it(seen: Seen) -> None:
    [webhook] = [span for span in seen.spans if (span.trace_id, span.name) == (TRACE, "webhook")]
    assert seen.hooks[0].headers["traceparent"] == f"00-{TRACE}-{webhook.span_id}-01"
    assert webhook.attributes["http.response.status_code"] == "204"
    assert webhook.attributes["chokepoint.customer"] == "patient"
    assert webhook.attributes["chokepoint.message_id"] == seen.hooks[0].webhook_id


def test_what_people_change_and_what_a_clock_brings_about_are_traces_too(seen: Seen) -> None:
    for begun_by, name in (("control", "PUT /v1/customers/{customer_id}"), ("registry", "tick")):
        traces = {span.trace_id for span in seen.spans if (span.service, span.name) == (begun_by, name)}
        reached = {(span.service, span.name) for span in seen.spans if span.trace_id in traces}
        assert ("scorer", "process ledger") in reached


def test_keys_secrets_and_bodies_stand_neither_in_logs_nor_in_spans(seen: Seen) -> None:
    assert seen.exported
    for private in seen.private:
        assert private not in seen.log
        assert private.encode() not in seen.exported


def test_a_first_start_and_a_stop_are_no_news_above_info(seen: Seen) -> None:
    assert not [line for line in seen.lines() if line["level"] not in ("debug", "info")]

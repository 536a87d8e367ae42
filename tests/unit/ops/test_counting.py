"""What every process counts of its own work."""

import asyncio
import subprocess
import sys
from contextlib import nullcontext
from itertools import product
from types import SimpleNamespace
from typing import cast, get_args

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control import outbox
from services.control.alerts import feedback
from services.control.outbox_age import OutboxAge
from services.control.relay import Relay, Send
from services.ingest.testing import Ingest
from shared.contracts.alerts import AlertKind
from shared.events.kinds import KINDS
from shared.http.server import ops_app
from shared.kafka.loop import DeadLetterLimit, Tally
from shared.kafka.record import Outgoing


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"chokepoint_{name}", labels) or 0


def test_a_batch_counts_what_it_took_and_what_of_it_is_dead() -> None:
    taken, dead = value("records_taken_total", topic="t"), value("dead_letters_total", topic="t")
    Tally(DeadLetterLimit(), ["t"]).count("t", 5, [Outgoing("t.dlq", b"k", b"v"), Outgoing("u", b"k", b"v")])
    assert value("records_taken_total", topic="t") == taken + 5
    assert value("dead_letters_total", topic="t") == dead + 1


def test_counts_of_what_a_reader_reads_are_there_before_the_first() -> None:
    Tally(DeadLetterLimit(), ["never.read"])
    assert REGISTRY.get_sample_value("chokepoint_dead_letters_total", {"topic": "never.read"}) == 0
    assert REGISTRY.get_sample_value("chokepoint_records_taken_total", {"topic": "never.read"}) == 0


def test_the_first_verdict_of_a_kind_is_a_rise() -> None:
    for kind, verdict in product(get_args(AlertKind), get_args(feedback.Verdict)):
        assert REGISTRY.get_sample_value("chokepoint_feedback_total", {"kind": kind, "verdict": verdict}) is not None


def test_what_readyz_says_is_a_number_too() -> None:
    reasons: list[str | None] = ["reading topic keys"]
    ops_app(live=[], ready=[lambda: reasons[0]])
    assert value("ready") == 0
    reasons[0] = None
    assert value("ready") == 1


async def test_the_outbox_is_as_old_as_its_oldest_row_whatever_its_relay_has_in_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float | None] = [None, 40.0]

    async def waited_s(_: object) -> float | None:
        if not waited:
            raise TimeoutError
        return waited.pop(0)

    monkeypatch.setattr(outbox, "waited_s", waited_s)
    age = OutboxAge(cast("AsyncEngine", SimpleNamespace(connect=nullcontext)))
    await age.look()
    assert value("outbox_age_seconds") == 0
    await age.look()
    assert value("outbox_age_seconds") >= 40
    looking = asyncio.create_task(age.run())  # now the database does not answer
    await asyncio.sleep(0.02)
    assert not looking.done()
    assert value("outbox_age_seconds") >= 40.02
    looking.cancel()
    Relay(cast("AsyncEngine", None), cast("Send", None))
    assert value("leads", role="outbox") == 0


async def test_a_request_that_is_refused_unread_is_an_event_that_we_could_not_take() -> None:
    ingest = Ingest()
    before = value("events_ingested_total", kind="other", outcome="unavailable")
    ingest.not_loaded = "reading topic customers"
    assert (await ingest.post({"kind": "news"})).status_code == 503
    assert value("events_ingested_total", kind="other", outcome="unavailable") == before + 1


def test_the_first_refusal_is_a_rise() -> None:
    """Of a process just started: what it has yet to count stands at 0, whatever is posted first."""
    program = "import prometheus_client, services.ingest.door; print(prometheus_client.generate_latest().decode())"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout  # noqa: S603
    for kind in (*KINDS, "other"):
        for outcome in ("accepted", "duplicate", "rejected", "unavailable"):
            assert f'chokepoint_events_ingested_total{{kind="{kind}",outcome="{outcome}"}} 0.0' in shown

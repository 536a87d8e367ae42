"""The way to the collector: off it costs nothing, and away it costs nothing but spans."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from structlog.testing import capture_logs

from shared.settings import TracingSettings
from shared.tracing.collector import Collector as Way
from shared.tracing.recorder import OtelRecorder
from shared.tracing.spans import begin, record_with, recording
from shared.tracing.start import traced
from tests.fixtures.traces import Collector, recorded

HEAVY = ("opentelemetry.sdk", "opentelemetry.exporter", "google.protobuf", "requests")


def test_a_service_without_a_collector_imports_nothing_for_it() -> None:
    code = (
        "import sys, shared.service, services.ingest.app, services.dispatcher.app\n"
        "from shared.tracing.start import traced\n"
        "with traced('scorer'): pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout == "[]\n"


@pytest.mark.parametrize("name", ["CHOKEPOINT_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_what_waits_at_the_end_reaches_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Collector.open() as collector:
        monkeypatch.setenv(name, collector.url)
        with traced("scorer"):
            begin("process ledger", None).end({"chokepoint.customer": "acme"})
        [span] = collector.spans
    assert (span.service, span.name, span.attributes) == ("scorer", "process ledger", {"chokepoint.customer": "acme"})
    assert not recording()


def test_what_is_no_address_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_OTLP_ENDPOINT", "collector:4318")
    with pytest.raises(ValueError, match="CHOKEPOINT_OTLP_ENDPOINT"):
        TracingSettings()


@pytest.fixture
def deaf() -> Iterator[str]:
    """Takes connections and never answers."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("away", ["http://127.0.0.1:9", "deaf"])
def test_one_that_is_away_holds_up_neither_the_work_nor_the_end(
    away: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.tracing.recorder.EXPORT_WITHIN_S", 1.0)
    endpoint = request.getfixturevalue(away) if away == "deaf" else away
    recorder = OtelRecorder.to_collector("scorer", TracingSettings(), endpoint)
    record_with(recorder)
    began = time.monotonic()
    for _ in range(2_500):
        begin("process ledger", None).end()
    worked_s = time.monotonic() - began
    record_with(None)
    recorder.close(0.3)
    assert worked_s < 5, "an export waits so long"
    assert time.monotonic() - began < worked_s + 1
    for thread in threading.enumerate():
        if thread.name.startswith("Otel"):
            thread.join(10)
            assert not thread.is_alive(), "nothing is tried again"


class Sometimes(SpanExporter):
    result = SpanExportResult.FAILURE

    def export(self, _: object) -> SpanExportResult:
        return self.result


def test_that_it_is_away_is_said_now_and_then_and_once_when_it_is_over() -> None:
    with recorded() as kept:
        begin("tick", None).end()
    spans, exporter, now = kept.get_finished_spans(), Sometimes(), [0.0]
    way = Way(exporter, "http://collector:4318", lambda: now[0])
    with capture_logs() as logs:
        for now[0] in (0.0, 5.0, 299.0, 300.0):
            way.export(spans)
        exporter.result = SpanExportResult.SUCCESS
        way.export(spans)
        way.export(spans)
    assert [(line["log_level"], line["lost"]) for line in logs] == [("warning", 1), ("warning", 4), ("info", 4)]

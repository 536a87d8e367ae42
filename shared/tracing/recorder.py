"""Spans by OpenTelemetry, exported over OTLP/HTTP by a thread of its own. Imported where a collector is named only."""

import threading
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)
from opentelemetry.trace import Span as OtelSpan

from shared.settings import TracingSettings
from shared.tracing.collector import Collector
from shared.tracing.context import read
from shared.tracing.spans import NONE, Attributes, Kind
from shared.version import VERSION

EXPORT_WITHIN_S = 5.0
KINDS = {
    "server": SpanKind.SERVER,
    "consumer": SpanKind.CONSUMER,
    "client": SpanKind.CLIENT,
    "internal": SpanKind.INTERNAL,
}


@dataclass(frozen=True, slots=True)
class Recorded:
    span: OtelSpan

    @property
    def traceparent(self) -> str:
        context = self.span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def end(self, attributes: Attributes = NONE, *, name: str | None = None, failure: str | None = None) -> None:
        self.span.set_attributes(attributes)
        if name:
            self.span.update_name(name)
        if failure:
            self.span.set_status(Status(StatusCode.ERROR, failure))
        self.span.end()


class OtelRecorder:
    def __init__(self, provider: TracerProvider, exporter: SpanExporter) -> None:
        self._provider = provider
        self._exporter = exporter
        self._tracer: Tracer = provider.get_tracer("chokepoint", VERSION)

    @classmethod
    def to_collector(cls, service: str, settings: TracingSettings, endpoint: str) -> "OtelRecorder":
        address = f"{endpoint.rstrip('/')}/v1/traces"
        exporter = Collector(OTLPSpanExporter(endpoint=address, timeout=EXPORT_WITHIN_S), endpoint)
        return cls.of(service, settings, exporter)

    @classmethod
    def of(cls, service: str, settings: TracingSettings, exporter: SpanExporter) -> "OtelRecorder":
        about = {
            "service.name": service,
            "service.namespace": "chokepoint",
            "service.version": VERSION,
            "service.instance.id": settings.instance,
        }
        provider = TracerProvider(
            resource=Resource.create(about),
            sampler=ParentBased(TraceIdRatioBased(settings.trace_share)),
            shutdown_on_exit=False,  # it would wait for a collector that is away
        )
        provider.add_span_processor(BatchSpanProcessor(exporter))
        return cls(provider, exporter)

    def begin(self, name: str, parent: str | None, kind: Kind, attributes: Attributes) -> Recorded:
        context = _continued(parent) if parent and read(parent) else Context()
        return Recorded(self._tracer.start_span(name, context, KINDS[kind], attributes))

    def close(self, within_s: float) -> None:
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(within_s)
        if closing.is_alive():
            self._exporter.shutdown()  # what waits is dropped, nothing is tried again


def _continued(traceparent: str) -> Context:
    _, trace, span, flags = traceparent.split("-")
    context = SpanContext(int(trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return set_span_in_context(NonRecordingSpan(context), Context())

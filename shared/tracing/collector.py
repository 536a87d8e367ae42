"""The way to the collector. It may be away: spans are then dropped, and that is said once in a while and once when it
is over; OpenTelemetry itself would say it for each batch and retry."""

import logging
import time
from collections.abc import Callable, Sequence

import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

log = structlog.get_logger(__name__)

REMIND_EVERY_S = 300.0


class Collector(SpanExporter):
    def __init__(self, way: SpanExporter, endpoint: str, seconds: Callable[[], float] = time.monotonic) -> None:
        self._way = way
        self._endpoint = endpoint
        self._seconds = seconds
        self._lost = 0
        self._remind_at = 0.0
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._way.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._reached()
        else:
            self._missed(len(spans))
        return result

    def shutdown(self) -> None:
        self._way.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._way.force_flush(timeout_millis)

    def _reached(self) -> None:
        if self._lost:
            log.info("traces are taken again", collector=self._endpoint, lost=self._lost)
        self._lost, self._remind_at = 0, 0.0

    def _missed(self, spans: int) -> None:
        self._lost += spans
        if self._seconds() >= self._remind_at:
            self._remind_at = self._seconds() + REMIND_EVERY_S
            log.warning(
                "traces are not taken: spans are dropped, events are not", collector=self._endpoint, lost=self._lost
            )

"""Puts a recorder in place where a collector is named."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.settings import TracingSettings
from shared.tracing.spans import record_with

CLOSED_WITHIN_S = 0.5
"""A collector that is away must not eat up the time in which a process has to end."""


@contextmanager
def traced(service: str) -> Iterator[None]:
    """While it lasts spans are recorded; what waits at its end is exported."""
    settings = TracingSettings()
    if settings.otlp_endpoint is None:
        yield
        return
    from shared.tracing.recorder import OtelRecorder  # noqa: PLC0415  # a fifth of a second, for who asks for it

    recorder = OtelRecorder.to_collector(service, settings, settings.otlp_endpoint)
    record_with(recorder)
    try:
        yield
    finally:
        record_with(None)
        recorder.close(CLOSED_WITHIN_S)

"""Three ways of writing a log, one shape."""

import pytest

from services.cli.supervisor.log_lines import LogLine, parse


def test_our_services_write_json() -> None:
    raw = b'{"event": "serving", "level": "info", "timestamp": "2026-11-25T04Z", "service": "ingest", "port": 8000}\n'
    assert parse("ingest", raw) == LogLine("ingest", "info", "serving", "2026-11-25T04Z", {"port": 8000})


@pytest.mark.parametrize(
    ("raw", "level", "event"),
    [
        (b"WARN LogCleaner - odd", "warning", "LogCleaner - odd"),
        (b"[main] started", "info", "[main] started"),
        (b"LOG:  database system is ready", "debug", "database system is ready"),
        (b"FATAL:  could not open file", "error", "could not open file"),
        (b"FATAL:  the database system is starting up", "debug", "the database system is starting up"),
        (b"PANIC:  could not write", "critical", "could not write"),
        (b"\tat kafka.Kafka.main", "info", "\tat kafka.Kafka.main"),
        (b"{not json", "info", "{not json"),
        (b"\xff\xfe", "info", "\ufffd\ufffd"),
    ],
)
def test_others_write_what_they_like(raw: bytes, level: str, event: str) -> None:
    assert parse("other", raw) == LogLine("other", level, event)


def test_an_unknown_level_is_no_reason_to_lose_a_line() -> None:
    assert parse("x", b'{"event": "e", "level": "loud"}').level == "info"

"""What people and programs read."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from services.cli.supervisor.output import JsonOutput, TerminalOutput, output_for
from services.cli.supervisor.panel import Ready

READY = Ready(
    url="http://127.0.0.1:8000",
    control_url="http://127.0.0.1:8001",
    key="ck_dev_secret",
    kafka="127.0.0.1:9092",
    database="127.0.0.1:15432/chokepoint",
    data_dir=Path("/checkout/.data"),
    now=datetime(2026, 11, 25, 4, tzinfo=UTC),
    clock=None,
    after_s=7.3,
)


@pytest.fixture
def stream() -> StringIO:
    return StringIO()


def test_what_is_no_terminal_gets_json_lines(stream: StringIO) -> None:
    output = output_for(stream, ["kafka"])
    output.line("kafka", b"ERROR ReplicaManager - disk gone\n")
    output.say("kafka ended: it is started again", "warning", reason="exit code 1")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["service"], first["level"], first["event"]) == ("kafka", "error", "ReplicaManager - disk gone")
    assert (second["service"], second["reason"]) == ("chokepoint", "exit code 1")


def test_the_ready_line_for_programs_leaves_the_key_to_the_file(stream: StringIO) -> None:
    JsonOutput(stream).ready(READY)
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["event"], line["url"], line["dev_env"]) == ("ready", READY.url, "/checkout/.data/dev.env")
    assert READY.key not in stream.getvalue()


def test_the_panel_names_no_page_that_is_not_there(stream: StringIO) -> None:
    TerminalOutput(Console(file=stream, width=200), ["kafka"]).ready(READY)
    named = set(re.findall(r"http://\S+", stream.getvalue()))
    bases = (READY.url, READY.control_url)
    assert named == {f"{READY.url}/v1/events", f"{READY.control_url}/v1/customers", *(f"{base}/docs" for base in bases)}


def test_a_clock_that_is_not_real_time_is_told_to_people_and_programs(stream: StringIO) -> None:
    kept = replace(READY, now=datetime(2027, 3, 1, tzinfo=UTC), clock="kept from an earlier start")
    JsonOutput(stream).ready(kept)
    TerminalOutput(Console(file=stream, width=100), ["kafka"]).ready(kept)
    line, _, panel = stream.getvalue().partition("\n")
    assert json.loads(line)["clock"] == "2027-03-01T00:00:00+00:00"
    assert re.search(r"clock +2027-03-01 00:00 UTC +kept from an earlier start", panel)


def test_what_is_copied_from_the_panel_stands_whole_on_a_terminal_of_80_columns(stream: StringIO) -> None:
    far = replace(READY, url="http://127.0.0.1:48000", control_url="http://127.0.0.1:48001", key=f"ck_dev_{'x' * 32}")
    TerminalOutput(Console(file=stream, width=80), ["kafka"]).ready(far)
    box = stream.getvalue().partition("╰")[0]
    for whole in (f"{far.url}/v1/events", f"{far.url}/docs", f"{far.control_url}/docs", far.key, far.database):
        assert whole in box


def test_what_is_no_terminal_gets_no_escapes_and_no_bars(stream: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    output = output_for(stream, ["kafka"])
    with output.progress("fetching Kafka") as report:
        for done in range(45):
            report(f"{done}.jar", done, 45)
    output.ready(READY)
    assert "\x1b" not in stream.getvalue()
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == [
        "fetching Kafka",
        "fetching Kafka: done",
        "ready",
    ]


def test_the_curl_line_can_be_copied_whole_however_narrow_the_terminal(stream: StringIO) -> None:
    TerminalOutput(Console(file=stream, width=60), ["kafka"]).ready(READY)
    (line,) = [line for line in stream.getvalue().splitlines() if line.startswith("curl ")]
    assert READY.key in line
    assert line.endswith("}'")


def test_a_traceback_stands_below_its_line_and_debug_lines_nowhere(stream: StringIO) -> None:
    output = TerminalOutput(Console(file=stream, width=200), ["scorer"])
    output.line("scorer", b'{"event": "ended", "level": "error", "exception": "Traceback\\nValueError"}')
    output.line("scorer", b'{"event": "detail", "level": "debug"}')
    shown = stream.getvalue().splitlines()
    assert shown[0].endswith("scorer     │ ended")
    assert shown[1:] == ["Traceback", "ValueError"]


def test_markup_in_a_log_line_is_text(stream: StringIO) -> None:
    TerminalOutput(Console(file=stream, width=200), ["scorer"]).line("scorer", b"[bold]loud[/bold]")
    assert "[bold]loud[/bold]" in stream.getvalue()

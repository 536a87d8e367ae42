"""The first event that anybody posts must be one that is taken."""

import json
import shlex
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from services.cli.supervisor.example import curl_line, example_event, keyless_curl_line
from shared.contracts.events import MeasureChange

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_the_example_is_a_valid_act_of_today() -> None:
    act = MeasureChange.model_validate(example_event(NOW))
    assert act.materials == ("terbium",)
    assert act.announced_on == act.effective_on == NOW.date()
    assert act.title is not None
    assert act.title.startswith("Example")


def test_a_shell_takes_the_line_as_one_command() -> None:
    words = shlex.split(curl_line("http://127.0.0.1:8000", "k'ey", NOW))
    assert words[:3] == ["curl", "-sS", "http://127.0.0.1:8000/v1/events"]
    assert "Authorization: Bearer k'ey" in words
    assert json.loads(words[-1]) == example_event(NOW)


def test_the_line_for_logs_reads_the_key_when_it_is_pasted(tmp_path: Path) -> None:
    folder = tmp_path / "a run é"
    folder.mkdir()
    (folder / "dev.env").write_text("CHOKEPOINT_URL=http://127.0.0.1:8000\nCHOKEPOINT_KEY=ck_dev_x\n")
    line = keyless_curl_line(folder / "dev.env", NOW)
    assert "ck_dev_x" not in line
    # in place of curl, what a shell would give it
    script = f"curl() {{ printf '%s\\n' \"$@\"; }}; {line}"
    shell = ["/bin/sh", "-c", script]
    words = subprocess.run(shell, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603
    assert words[1:4] == ["http://127.0.0.1:8000/v1/events", "-H", "Authorization: Bearer ck_dev_x"]
    assert json.loads(words[-1]) == example_event(NOW)

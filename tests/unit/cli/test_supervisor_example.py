"""The first event that anybody posts must be one that is taken."""

import json
import shlex
from datetime import UTC, datetime

from services.cli.supervisor.example import curl_line, example_event
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

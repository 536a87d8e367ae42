import json
from pathlib import Path

import pytest

from services.cli.exit_codes import Exit
from services.cli.post import NDJSON, content_type_of, post_file, table_of
from shared.client import Accepted, Problem
from shared.client.errors import ProblemBody


def test_one_value_over_many_lines_is_json_and_many_values_are_ndjson() -> None:
    assert content_type_of(b'{\n "kind": "news"\n}\n') == "application/json"
    assert content_type_of(b'[{"a": 1},\n{"a": 2}]') == "application/json"
    assert content_type_of(b'{"a": 1}\n{"a": 2}\n') == NDJSON
    assert content_type_of(b'{"a": 1') == "application/json"


def test_the_table_has_a_row_for_each_event_and_says_why_one_was_rejected() -> None:
    answer = Accepted.model_validate(
        {
            "accepted": 1,
            "duplicates": 0,
            "rejected": 1,
            "results": [
                {"id": "a", "event_id": "e", "status": "accepted"},
                {"id": "b", "status": "rejected", "errors": [{"loc": ["material"], "message": "unknown"}]},
            ],
        }
    )
    table = table_of(answer)
    assert table.row_count == 2
    assert "1 rejected" in str(table.title)


def test_an_answer_that_is_a_problem_is_json_too_and_its_status_decides_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise Problem(503, ProblemBody(title="Service Unavailable", detail="the broker does not answer"))

    for name in ("CHOKEPOINT_URL", "CHOKEPOINT_CONTROL_URL", "CHOKEPOINT_KEY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setattr("shared.client.Client.post_events", refuse)
    (tmp_path / "events.json").write_text("{}")
    assert post_file(tmp_path / "events.json", tmp_path, as_json=True) == Exit.UNAVAILABLE
    said = capsys.readouterr()
    assert json.loads(said.out)["status"] == 503
    assert "the broker does not answer" in said.err

from services.cli.post import NDJSON, content_type_of, table_of
from shared.client import Accepted


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

import base64
from datetime import UTC, datetime

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from services.control.paging import Asked, page_of, write_cursor
from services.control.tables import alerts, audit
from shared.http.problems import Problem

NOW = datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=UTC)


def sql(asked: Asked) -> str:
    statement = asked.after(select(alerts.c.id), alerts.c.opened_at, alerts.c.id, newest_first=True)
    return str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]


def test_a_cursor_gives_back_where_the_page_ended() -> None:
    said = sql(Asked(10, write_cursor([NOW, "alert-7"])))
    assert "(alerts.opened_at, alerts.id) < ('2026-03-01 12:30:00.000005+00:00', 'alert-7')" in said


def test_the_first_page_begins_at_the_beginning() -> None:
    assert "WHERE" not in sql(Asked(10, None))


def forged(value: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["", "zzz", "%%%", "é", forged({}), forged([]), forged([1, 2]), forged(["2026-03-01", "x"]), forged(["x", "y"]),
     forged([NOW.isoformat(), "a\x00"]), forged([NOW.isoformat(), "a", "b"]), forged(None)],
)  # fmt: skip
def test_a_cursor_that_is_none_of_ours_is_an_error_of_the_senders(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        sql(Asked(10, cursor))
    assert [error["loc"] for error in refused.value.errors] == ["query.cursor"]


@pytest.mark.parametrize("value", [-1, 2**63, True, "1", 1.5])
def test_a_number_in_a_cursor_is_one_that_a_column_can_hold(value: object) -> None:
    with pytest.raises(Problem):
        Asked(10, forged([value])).after(select(audit.c.id), audit.c.id)


def test_a_page_is_its_items_as_they_are_stored() -> None:
    assert page_of([b'{"a":1.0}', b"{}"], None).body == b'{"items":[{"a":1.0},{}],"next_cursor":null}'

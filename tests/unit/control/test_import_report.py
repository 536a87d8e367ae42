"""What an import answers, line by line, here as a dry run: nothing is written."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest

from services.control.imports import intake
from services.control.imports.intake import Intake
from services.control.imports.report import MOST_TOLD, Report
from services.control.state import Control
from shared.contracts.keys import KeyRecord
from shared.http.lines import batches_of_lines
from shared.http.problems import Problem

HEADER = "customer_id,name,destination\n"


@dataclass(frozen=True)
class Database:
    """Knows no customer, but for those that have products."""

    with_products: Sequence[str] = ()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["Database"]:
        yield self

    async def execute(self, _: object) -> list[object]:
        return []

    async def scalars(self, _: object) -> Any:
        return SimpleNamespace(all=lambda: self.with_products)


async def report(
    body: str, *, bound_to: str | None = None, sheet: bool = False, with_products: Sequence[str] = ()
) -> dict[str, Any]:
    clock = SimpleNamespace(now=lambda: datetime.now(UTC))
    control = cast("Control", SimpleNamespace(engine=Database(with_products), clock=clock))
    key = KeyRecord(id="k", name="k", sha256="", scopes=(), customer_id=bound_to)
    done = Report(dry_run=True)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body.encode()), 50):
            yield body.encode()[start : start + 50]

    import_ = Intake(control, key, "quiet", done)
    await (import_.spreadsheet if sheet else import_.json_lines)(batches_of_lines(chunks()))
    try:
        told = bytes(done.answer().body)
    except Problem as problem:
        told = bytes(problem.response().body)
    answer: dict[str, Any] = orjson.loads(told)
    return answer


def line(customer_id: str, **fields: object) -> str:
    return orjson.dumps({"id": customer_id, "name": "N", "destination": "DE"} | fields).decode() + "\n"


def of_each(answer: dict[str, Any]) -> list[tuple[int, str, int]]:
    return [(one["line"], one["customer_id"], one["code"]) for one in answer["results"]]


async def test_a_broken_line_stops_no_other() -> None:
    answer = await report(line("acme") + "{broken\n\n" + line("bolt"))
    assert of_each(answer) == [(1, "acme", 201), (2, None, 422), (4, "bolt", 201)]
    assert (answer["created"], answer["rejected"], answer["dry_run"]) == (2, 1, True)


async def test_each_row_of_a_sheet_is_told_of_and_customers_are_counted() -> None:
    answer = await report(HEADER + "acme,Acme,DE\nacme,,XX\nbolt,Bolt,DE\n", sheet=True)
    assert of_each(answer) == [(2, "acme", 422), (3, "acme", 422), (4, "bolt", 201)]
    assert (answer["created"], answer["rejected"]) == (1, 1)
    assert "line 3" in answer["results"][0]["errors"][0]["message"]


async def test_of_another_customer_a_bound_key_does_not_learn_that_it_exists() -> None:
    answer = await report(line("acme") + line("other") + line("stranger", name=""), bound_to="acme")
    assert of_each(answer) == [(1, "acme", 201), (2, "other", 404), (3, "stranger", 404)]
    assert answer["results"][2]["errors"] == [
        {"loc": "line.3.customer_id", "message": "there is no customer stranger"},
    ]
    assert (await report(line("other"), bound_to="acme"))["status"] == 404


async def test_a_customer_stands_in_an_import_once() -> None:
    twice = await report(line("acme") + line("bolt") + line("acme", name="Other"))
    assert of_each(twice) == [(1, "acme", 201), (2, "bolt", 201), (3, "acme", 422)]
    apart = await report(HEADER + "acme,Acme,DE\nbolt,Bolt,DE\nacme,Acme,DE\n", sheet=True)
    assert "begins in line 2 already" in apart["results"][2]["errors"][0]["message"]


async def test_a_sheet_removes_no_products_that_it_cannot_say() -> None:
    answer = await report(HEADER + "acme,Acme,DE\nbolt,Bolt,DE\n", sheet=True, with_products=["acme"])
    assert of_each(answer) == [(2, "acme", 422), (3, "bolt", 201)]


async def test_where_nothing_can_be_put_the_answer_is_a_problem_with_the_report() -> None:
    answer = await report("{\n" + line("acme", destination="Germany"))
    assert (answer["status"], answer["rejected"]) == (422, 2)
    assert [error["loc"] for error in answer["errors"]] == ["line.1", "line.2.destination"]
    assert (await report("\n"))["errors"][0]["loc"] == "body"


async def test_a_line_with_a_hundred_faults_names_ten() -> None:
    [result] = (await report(line("acme", exposures=[{}] * 40)))["results"]
    assert len(result["errors"]) == MOST_TOLD + 1
    assert result["errors"][-1]["message"] == "and 110 faults more"


async def test_lines_without_end_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_LINES", 2)
    with pytest.raises(Problem) as refused:
        await report(line("a") + line("b") + line("c"))
    assert refused.value.status_code == 413

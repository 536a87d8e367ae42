"""What became of an import: each line, in order, with the status that a `PUT` of it would have answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from services.control.customers.store import Put
from services.control.imports.entry import Entry, Fault
from shared.http.problems import FieldError, FieldErrorBody, Problem, invalid

MOST_TOLD = 10
"""Faults of one line, and lines in the problem's own `errors`."""
_CODES = {"created": 201, "changed": 200, "unchanged": 200}


class LineReport(BaseModel):
    line: int
    customer_id: str | None
    status: Literal["created", "changed", "unchanged", "rejected"]
    code: int
    """The HTTP status of the same by `PUT`."""
    errors: list[FieldErrorBody] = []


class ImportReport(BaseModel):
    """Counts are of customers; in a spreadsheet one has several lines."""

    dry_run: bool
    created: int
    changed: int
    unchanged: int
    rejected: int
    results: list[LineReport]


@dataclass(slots=True)
class Report:
    dry_run: bool
    _counts: Counter[str] = field(default_factory=Counter)
    _lines: list[tuple[int, bytes]] = field(default_factory=list)
    """As JSON: a tenth of what the objects take."""
    _codes: set[int] = field(default_factory=set)
    _first: list[FieldError] = field(default_factory=list)

    def put(self, entry: Entry, put: Put) -> None:
        self._counts[put.outcome] += 1
        for line in entry.lines:
            self._add(line, entry.customer_id, put.outcome, _CODES[put.outcome])

    def rejected(self, entry: Entry) -> None:
        self._counts["rejected"] += 1
        lines: dict[int, list[Fault]] = {line: [] for line in entry.lines}
        for fault in entry.faults:
            lines[fault.line].append(fault)
        blamed = next(line for line, faults in lines.items() if faults)
        for line, faults in lines.items():
            told = _told(faults) if faults else _told([Fault(line, "", f"not put, for what is wrong in line {blamed}")])
            self._add(line, entry.customer_id, "rejected", entry.code, told)

    def _add(self, line: int, customer_id: str, status: str, code: int, errors: Sequence[FieldError] = ()) -> None:
        said = {"line": line, "customer_id": customer_id or None, "status": status, "code": code}
        self._lines.append((line, orjson.dumps(said | ({"errors": errors} if errors else {}))))
        self._codes.add(code)
        if errors and len(self._first) < MOST_TOLD:
            self._first.append(errors[0])

    def answer(self) -> Response:
        """:raises Problem: no line could be put: 422; 404, where all are of customers that are not the key's."""
        if not self._codes:
            raise invalid([{"loc": "body", "message": "no line holds a customer: send one a line at least"}])
        if self._codes == {404}:
            raise Problem(404, "none of these customers is there", errors=self._first, members=self.members())
        if self._codes <= {404, 422}:
            problem = invalid(self._first, **self.members())
            problem.detail = "no line could be put: see results"
            raise problem
        return Response(orjson.dumps(self.members()), media_type="application/json")

    def so_far(self) -> dict[str, object]:
        """For an answer about the body as a whole: what was put before it stays put."""
        return self.members() if self._lines else {}

    def members(self) -> dict[str, object]:
        counted = {name: self._counts[name] for name in ("created", "changed", "unchanged", "rejected")}
        results = orjson.Fragment(b"[" + b",".join(text for _, text in sorted(self._lines)) + b"]")
        return {"dry_run": self.dry_run, **counted, "results": results}


def _told(faults: Sequence[Fault]) -> list[FieldError]:
    told = [fault.told() for fault in faults[:MOST_TOLD]]
    if (more := len(faults) - MOST_TOLD) > 0:
        told.append({"loc": f"line.{faults[0].line}", "message": f"and {more:,} faults more"})
    return told

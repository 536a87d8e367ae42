"""What a sender is told: for each event, in the order in which it was sent, what became of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NotRequired, TypedDict

import orjson
from starlette.responses import Response

from shared.http.problems import FieldError, Problem, invalid

Status = Literal["accepted", "duplicate", "rejected"]
MOST_ERRORS_TOLD_TWICE = 100
"""In the problem's own `errors`; each result has its own."""


class Result(TypedDict):
    id: str | None
    event_id: str | None
    status: Status
    errors: NotRequired[list[FieldError]]


@dataclass(slots=True)
class Results:
    all: list[Result] = field(default_factory=list)

    def extend(self, results: Iterable[Result]) -> None:
        self.all.extend(results)

    def counts(self) -> Counter[Status]:
        return Counter(result["status"] for result in self.all)

    def answer(self) -> Response:
        """:raises Problem: 422, where nothing was valid."""
        members = self.members()
        if members["rejected"] == len(self.all):
            raise self._nothing_valid()
        return Response(orjson.dumps(members), 202, media_type="application/json")

    def members(self) -> dict[str, object]:
        counts = self.counts()
        return {
            "accepted": counts["accepted"],
            "duplicates": counts["duplicate"],
            "rejected": counts["rejected"],
            "results": self.all,
        }

    def _nothing_valid(self) -> Problem:
        errors = [error for result in self.all for error in result.get("errors", ())]
        problem = invalid(errors[:MOST_ERRORS_TOLD_TWICE], **self.members())
        if len(self.all) > 1:
            problem.detail = f"none of {len(self.all):,} events is as it must be: see results"
        return problem

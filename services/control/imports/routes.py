"""Many customers at once, a line each, or a row each of a spreadsheet."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.control.customers.store import Baseline
from services.control.database_away import FAILURES, away
from services.control.imports.intake import Intake
from services.control.imports.report import ImportReport, Report
from services.control.state import InControl
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.body import ClientGone, chunks
from shared.http.lines import batches_of_lines
from shared.http.problems import Problem, problem_responses

PATH = "/customers:import"
LARGEST_BODY = 16 * 1024 * 1024
LINES_AT_ONCE = 100
"""In one transaction, and judged at a stretch: so long other requests wait."""
NDJSON, CSV = "application/x-ndjson", "text/csv"

router = APIRouter(tags=["customers"])
Key = Annotated[KeyRecord, Depends(require("customers:*"))]
_BODIES = {NDJSON: {"schema": {"type": "string"}}, CSV: {"schema": {"type": "string"}}}


@router.post(
    PATH,
    response_model=ImportReport,
    responses=problem_responses(404, 413, 415, 422, 503),
    openapi_extra={"requestBody": {"required": True, "content": _BODIES}},
)
async def import_customers(
    request: Request, control: InControl, key: Key, baseline: Baseline = "quiet", dry_run: bool = False
) -> Response:
    """Each line is put as `PUT` would; one that is wrong stops no other. `dry_run`: what would become of each."""
    form = _form(request)
    report = Report(dry_run)
    intake = Intake(control, key, baseline, report)
    batches = batches_of_lines(chunks(request.receive, LARGEST_BODY), LINES_AT_ONCE)
    try:
        await (intake.json_lines(batches) if form == NDJSON else intake.spreadsheet(batches))
    except ClientGone:
        return Response(status_code=400)  # nobody reads it
    except FAILURES as error:
        raise away(error, **report.so_far()) from error
    except Problem as problem:
        problem.members |= report.so_far()
        raise
    return report.answer()


def _form(request: Request) -> str:
    """:raises Problem: 415"""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in _BODIES:
        raise _unsupported("content-type", f"must be {NDJSON} or {CSV}")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _unsupported("content-encoding", "is not taken: send the body as it is")
    return given


def _unsupported(header: str, message: str) -> Problem:
    return Problem(415, f"{header} {message}", errors=[{"loc": f"header.{header}", "message": message}])

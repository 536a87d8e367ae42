import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.cli.exit_codes import Exit
from services.cli.failure import complain, exit_of
from shared.client import Accepted, Client, Connection, EventResult, Problem

NDJSON = "application/x-ndjson"
COLOURS = {"accepted": "green", "duplicate": "yellow", "rejected": "red"}


def post_file(file: Path, data_dir: Path, *, as_json: bool) -> int:
    body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    with Client(Connection.find(data_dir)) as client:
        try:
            answer = client.post_events(body, content_type_of(body))
        except Problem as problem:
            if as_json:
                print(json.dumps({"status": problem.status} | problem.body.model_dump()))  # noqa: T201
            complain("not accepted:", problem)
            return exit_of(problem)
    if as_json:
        print(answer.model_dump_json())  # noqa: T201
    else:
        Console().print(table_of(answer))
    return Exit.NOT_SO if answer.rejected else Exit.DONE


def content_type_of(body: bytes) -> str:
    """Several JSON values, one a line, are NDJSON; one value is JSON, over however many lines."""
    try:
        json.loads(body)
    except ValueError:
        return NDJSON if body.strip().count(b"\n") else "application/json"
    return "application/json"


def table_of(answer: Accepted) -> Table:
    title = f"{answer.accepted} accepted · {answer.duplicates} duplicates · {answer.rejected} rejected"
    table = Table(title=title, title_justify="left", expand=False)
    for column in ("id", "event id", "outcome", "why"):
        table.add_column(column, overflow="fold")
    for result in answer.results:
        table.add_row(*_row(result))
    return table


def _row(result: EventResult) -> tuple[str, str, str, str]:
    why = "\n".join(f"{error.loc}: {error.message}" for error in result.errors)
    colour = COLOURS[result.status]
    return result.id or "", result.event_id or "", f"[{colour}]{result.status}[/]", why

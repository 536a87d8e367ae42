"""The one panel that says: it runs, and here is how to talk to it."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from services.cli.supervisor.example import curl_line


@dataclass(frozen=True, slots=True)
class Ready:
    url: str
    control_url: str
    key: str = field(repr=False)
    kafka: str
    database: str
    """Without its password."""
    data_dir: Path
    now: datetime
    clock: str | None
    """Why `now` is not real time, where it is not."""
    after_s: float


def show(ready: Ready, console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value, note in _rows(ready):
        # one cell: on a narrow terminal the note moves below, and the value stays whole, to be copied
        table.add_row(name, Text.assemble((value, "bold"), "  ", (note, "dim")))
    title = Text.assemble((" ready ", "bold green"), (f"after {ready.after_s:.0f} s ", "dim"))
    console.print()
    console.print(
        Panel(
            table, title=title, title_align="left", border_style="green", padding=(1, 2), width=min(console.width, 100)
        )
    )
    # below the box and on one line, or it could not be copied
    console.print(Text("Post an event:\n", style="dim"))
    console.print(Text(curl_line(ready.url, ready.key, ready.now)), soft_wrap=True)
    console.print(Text("\nCtrl-C ends everything.\n", style="dim"))


def _rows(ready: Ready) -> list[tuple[str, str, str]]:
    rows = [
        ("events", f"{ready.url}/v1/events", f"{ready.url}/docs"),
        ("customers", f"{ready.control_url}/v1/customers", f"{ready.control_url}/docs"),
        ("key", ready.key, "development only"),
        ("Kafka", ready.kafka, ""),
        ("PostgreSQL", ready.database, ""),
        ("data", str(ready.data_dir), "dev.env in it names the URLs and the key"),
    ]
    if ready.clock:
        rows.append(("clock", ready.now.strftime("%Y-%m-%d %H:%M UTC"), ready.clock))
    return rows

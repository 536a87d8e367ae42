"""`chokepoint backtest`: the acts since 2023 against five made-up buyers, as a table and a picture."""

from datetime import date
from pathlib import Path

import orjson
from rich.console import Console
from rich.progress import track

from services.cli.backtest.archetypes import ARCHETYPES
from services.cli.backtest.lead import Bite, bites
from services.cli.backtest.plot import draw
from services.cli.backtest.table import summary_of, table_of
from services.cli.exit_codes import Exit
from shared.client import Client, Connection
from shared.client.client import Json
from shared.contracts.measures import Measure

SINCE = date(2023, 1, 1)
POLICY: Json = {"min_severity": "info"}


def backtest(data_dir: Path, picture: Path, *, as_json: bool) -> int:
    console = Console(highlight=False)
    with Client(Connection.find(data_dir)) as client:
        measures = [Measure.model_validate(measure) for measure in client.measures()]
        told = {}
        for name in track(ARCHETYPES, "Living through it again …", console=console, disable=as_json, transient=True):
            told[name] = client.backtest(ARCHETYPES[name], SINCE.isoformat(), POLICY).items
    found = bites(measures, told, SINCE)
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(draw(found, ARCHETYPES))
    if as_json:
        for bite in found:
            print(orjson.dumps(_plain(bite)).decode())  # noqa: T201
    else:
        console.print(table_of(found, ARCHETYPES))
        console.print(summary_of(found))
        console.print(f"[dim]As a picture: {picture}[/]")
    return Exit.DONE if found else Exit.NOT_SO


def _plain(bite: Bite) -> dict[str, object]:
    return {
        "measure": bite.measure.ref,
        "on": bite.on,
        "came_back": bite.came_back,
        "days_ahead": dict(bite.days_ahead),
    }

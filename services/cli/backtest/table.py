"""Each control on the day it bit, and how many days ahead each buyer was told."""

from collections.abc import Sequence
from statistics import median

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from services.cli.backtest.lead import Bite
from shared.contracts.customers import CustomerProfile

FAR = 30
"""Days ahead that leave time to act."""


def table_of(bites: Sequence[Bite], buyers: dict[str, CustomerProfile]) -> Table:
    table = Table(
        title="Told so many days before it bit", title_justify="left", title_style="bold", box=SIMPLE_HEAD, expand=True
    )
    table.add_column("in force", width=10)
    table.add_column("control", overflow="ellipsis", no_wrap=True, ratio=1)
    for name in buyers:
        table.add_column(name, justify="right", width=max(len(name), 4))
    for bite in bites:
        ahead = [_cell(bite.days_ahead[name]) for name in buyers]
        table.add_row(str(bite.on), label_of(bite), *ahead)
    return table


def label_of(bite: Bite) -> str:
    return f"{bite.measure.ref}{' back' if bite.came_back else ''}: {bite.measure.title}"


def summary_of(bites: Sequence[Bite]) -> str:
    days = sorted(day for bite in bites for day in bite.days_ahead.values() if day is not None)
    if not days:
        return "No control bit any of the five buyers: is the timeline there (CHOKEPOINT_SEED=timeline)?"
    ahead = sum(day > 0 for day in days)
    return (
        f"{len(bites)} times a control began to bite; {len(days)} warnings to five buyers, {ahead} of them before the "
        f"day, half of them {median(days):g} days ahead or more, the longest {days[-1]}. Where the notice took effect "
        "on the day it came out there was no day to gain."
    )


def _cell(days: int | None) -> Text:
    if days is None:
        return Text("·", style="dim")
    return Text(str(days), style="bold green" if days >= FAR else "yellow" if days > 0 else "red")

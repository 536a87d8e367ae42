import json
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

FILE = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True)
class Result:
    """`name` is the architecture's. `value` is the median of `runs`; `ratio` is value / reference_value."""

    name: str
    value: float
    unit: str
    budget: str
    met: bool
    reference: str = ""
    reference_value: float | None = None
    ratio: float | None = None
    runs: list[float] = field(default_factory=list)


def keep(results: list[Result]) -> None:
    """Replaces what was measured again, keeps the rest: long benchmarks are run one by one."""
    kept = {row["name"]: row for row in (json.loads(FILE.read_text())["results"] if FILE.exists() else [])}
    kept.update({result.name: asdict(result) for result in results})
    report = {"machine": _machine(), "commit": _commit(), "results": [kept[name] for name in sorted(kept)]}
    FILE.write_text(json.dumps(report, indent=1) + "\n")


def show(results: list[Result], console: Console) -> None:
    table = Table(title="measured")
    for column in ("name", "value", "unit", "reference", "ratio", "budget", "met"):
        table.add_column(column, justify="right" if column in {"value", "ratio"} else "left")
    for result in results:
        ratio = f"{result.ratio:.2f}" if result.ratio is not None else ""
        met = "[green]yes[/]" if result.met else "[bold red]no[/]"
        table.add_row(result.name, f"{result.value:,.2f}", result.unit, result.reference, ratio, result.budget, met)
    console.print(table)


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}, Python {platform.python_version()}"


def _commit() -> str:
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)  # noqa: S607
    return asked.stdout.strip()

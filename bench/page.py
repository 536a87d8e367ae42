"""Writes what was measured into docs/sizing.md: the figure of each row that ends with a benchmark's name, and the table
of what an event costs each process. `make bench` does so too; the words around them are a human's."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from bench.results import FILE

PAGE = Path(__file__).parents[1] / "docs/sizing.md"
NAMED = re.compile(r"^(\|[^|]+\| )([\d.,]+)( [^|]+\| `(\w+)` \|)$", re.MULTILINE)
COLUMNS = re.compile(r"^\| what \| (ingest .*) \|$", re.MULTILINE)
ROW = re.compile(r"^(\| `(\w+)`: [^|]+\| )(.+)( \|)$", re.MULTILINE)
NOTHING = "–"


def refreshed(text: str, measured: Mapping[str, float]) -> str:
    columns = COLUMNS.findall(text)[0].split(" | ")

    def row(found: re.Match[str]) -> str:
        names = [f"sizing_{found[2]}_{column}" for column in columns]
        return (
            found[1] + " | ".join(figure(measured[name]) if name in measured else NOTHING for name in names) + found[4]
        )

    text = NAMED.sub(lambda found: found[1] + figure(measured[found[4]]) + found[3], text)
    return ROW.sub(row, text)


def figure(value: float) -> str:
    """Two digits, more only before the point."""
    return f"{value:,.0f}" if value >= 10 else f"{float(f'{value:.2g}'):g}"


def figures() -> dict[str, float]:
    return {each["name"]: each["value"] for each in json.loads(FILE.read_text())["results"]}


def refresh() -> None:
    PAGE.write_text(refreshed(PAGE.read_text(), figures()))


if __name__ == "__main__":
    refresh()

"""Writes docs/metrics.md from the catalogue (shared/metrics.py): `make dashboards`."""

from pathlib import Path

from shared.metrics import CATALOGUE, Family

PAGE = Path(__file__).parents[2] / "docs/metrics.md"
HEAD = """# Metrics

Every process serves these on its port under `/metrics`, all of them from its start, and beside them what Prometheus's
client says of every process (`process_…`, `python_…`). Written from `shared/metrics.py` by `make dashboards`.

| metric | type, labels | what it says | when it moves |
|---|---|---|---|
"""


def page() -> str:
    return HEAD + "".join(map(_row, CATALOGUE))


def _row(family: Family) -> str:
    labels = "".join(f", `{label}`" for label in family.labels)
    return f"| `{family.name}` | {family.type}{labels} | {family.meaning} | {family.moves} |\n"


if __name__ == "__main__":
    PAGE.write_text(page())

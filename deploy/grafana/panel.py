"""What a panel is to us: one question, and the queries that answer it."""

from dataclasses import dataclass
from typing import Literal

Shape = Literal["lines", "stack", "bars", "number"]
"""bars: how it stands now, one bar a series; number: one figure."""
Unit = Literal["short", "s", "reqps", "percentunit", "bytes", "d", "none"]


@dataclass(frozen=True, slots=True)
class Query:
    expr: str
    legend: str


@dataclass(frozen=True, slots=True)
class Panel:
    question: str
    means: str
    """What the answer tells, and when to worry."""
    queries: tuple[Query, ...]
    unit: Unit = "short"
    shape: Shape = "lines"
    below_zero: bool = False
    worry_from: float | None = None
    worry_below: float | None = None
    may_be_empty: str | None = None
    """Why nothing to show is no fault."""


@dataclass(frozen=True, slots=True)
class Board:
    uid: str
    title: str
    about: str
    panels: tuple[Panel, ...]


def quantiles(metric: str, *shares: float, what: str = "") -> tuple[Query, ...]:
    """Over five minutes, of all copies together."""
    return tuple(
        Query(
            f"histogram_quantile({share}, sum by (le) (rate(chokepoint_{metric}_bucket[5m])))",
            f"{what} {_name(share)}".strip(),
        )
        for share in shares
    )


def _name(share: float) -> str:
    return f"{share * 100:g} % within"

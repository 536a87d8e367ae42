from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import Band, Instant, Wire


class Stockout(Wire):
    on: date | None = None
    probability: dict[Literal["30", "60", "90", "180"], float]
    gap_days: float | None = None


class LeadTime(Wire):
    p50: float
    p90: float


class Driver(Wire):
    """One contribution to a score, in points; contributions add up to the score within .005."""

    kind: str
    ref: str
    label: str
    contribution: float


class Input(Wire):
    value: float | str | None = None
    known: bool
    source: str
    as_of: str | None = None


class Risk(Wire):
    """One exposure's risk (contract section 6); the record of `risk.scores`, keyed `customer/material`."""

    customer_id: str
    material: str
    score: Annotated[float, Field(ge=0, le=100)]
    band: Band
    interval: tuple[float, float]
    stockout: Stockout
    cover_days: float
    lead_time_days: LeadTime
    drivers: tuple[Driver, ...]
    inputs: dict[str, Input]
    model: str
    as_of: Instant


class RiskThen(Wire):
    """From `at` on; no score: it was no exposure."""

    at: Instant
    score: float | None = None
    band: Band | None = None


class RiskOverTime(Risk):
    history: tuple[RiskThen, ...] | None = None
    """Where it was asked for: the oldest first, the first one as it stood when the time asked for began; of more than
    `MOST_POINTS` the newest."""


MOST_POINTS = 1_000

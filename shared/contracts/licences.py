"""The licence book on the wire: a case without names, what cases of a kind add up to, and what is answered of it."""

from datetime import date
from typing import Literal, NamedTuple, Self

from pydantic import model_validator

from shared.contracts.base import EndUse, Instant, Wire

Outcome = Literal["granted", "denied", "returned", "withdrawn", "expired"]
Level = Literal["own", "parent", "prior"]


class Observation(Wire):
    """One licence case as it stands, with nobody's name in it; a later one of the same case takes its place.

    `partition` and `number` say where it comes from: `number` counts 1, 2, 3 … over the observations of one ledger
    partition, and what comes again is passed over."""

    kind: Literal["observation"] = "observation"
    partition: int
    number: int
    case: str
    customer: str
    """Tells customers apart, and no more."""
    origin: str
    """Who issues the licence."""
    material: str
    destination: str
    end_use: EndUse
    filed_on: date
    """A day of the issuer's, as `ended_on`."""
    outcome: Outcome | None = None
    """Absent: pending."""
    ended_on: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if (self.outcome is None) != (self.ended_on is None):
            raise ValueError("outcome and ended_on come together: a case is pending, or ended on a day")
        if self.ended_on is not None and self.ended_on < self.filed_on:
            raise ValueError(f"ended_on {self.ended_on} lies before filed_on {self.filed_on}")
        return self


class Step(NamedTuple):
    """A day after filing on which cases were decided, and how many were undecided until then. An array on the wire:
    there are many."""

    day: int
    at_risk: int
    granted: int
    denied: int


class Circle(Wire):
    """Which cases are compared: of one issuer and end use, and of one material and destination unless absent."""

    origin: str
    material: str | None = None
    destination: str | None = None
    end_use: EndUse


class Stratum(Circle):
    """What the cases of a circle add up to."""

    cases: int
    """0: too few customers are left, it is shown no more."""
    pending: int = 0
    followed: int = 0
    """The day after filing up to which a case was still watched."""
    steps: tuple[Step, ...] = ()


class Waiting(Wire):
    """`days` after filing: the chance that there is no decision yet (with its 80 % interval), that the licence has been
    granted, that it has been denied."""

    days: int
    undecided: float
    low: float
    high: float
    granted: float
    denied: float


class Quantiles(Wire):
    """Days; absent where they lie beyond the curve."""

    p50: int | None = None
    p90: int | None = None


class Favour(Wire):
    """Whom the issuer favours: the log-odds of a grant for this destination over those of all others, among decided
    cases of the same material and end use. Above 0 with its whole 80 % interval, it is favoured."""

    log_odds: float
    interval: tuple[float, float]
    decided: int
    decided_elsewhere: int


class LicenceKind(Wire):
    """What licence is asked about."""

    origin: str
    material: str
    destination: str
    end_use: EndUse


class LeadTimes(LicenceKind):
    """How long a licence takes. `p50` and `p90` count until it is granted, `decision` until it is granted or denied."""

    stratum: Level
    """`own`: cases of this material, destination and end use, of five customers at least; `parent`: a wider circle,
    which `cases_of` names; `prior`: no cases, the statutory term."""
    cases_of: Circle | None = None
    """Whose cases are behind the curve."""
    n: int
    pending: int
    p50: int | None = None
    p90: int | None = None
    decision: Quantiles
    statutory_days: int
    """45 of the issuer's working days, in calendar days, for a case filed this month."""
    survival: tuple[Waiting, ...]
    favour: Favour | None = None
    """Absent where either side has fewer than five customers."""
    as_of: Instant | None = None
    """The midnight up to which cases are counted in; absent where none was ever."""

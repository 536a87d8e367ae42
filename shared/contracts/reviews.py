"""What people say of signals: a human's word outweighs the machine's, and a later word supersedes an earlier one."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import Instant, Wire
from shared.contracts.signals import Asserted, Direction, Signal, SignalType, Verdict

Removable = Literal["issuer", "effective_on", "expires_on", "occurred_on"]


class Corrected(Wire):
    """The fields that a human reads otherwise; absent ones stay as they were read."""

    type: SignalType | None = None
    asserted: Asserted | None = None
    direction: Direction | None = None
    materials: Annotated[tuple[str, ...] | None, Field(min_length=1)] = None
    issuer: str | None = None
    targets: tuple[str, ...] | None = None
    companies: tuple[str, ...] | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    occurred_on: date | None = None
    removed: tuple[Removable, ...] = ()
    """What the text does not say at all."""


class Review(Wire):
    """A human's word on `world`, written by control; `accepted-at` says when."""

    kind: Literal["review"] = "review"
    id: str
    signal_id: str
    verdict: Verdict
    reason: str | None = None
    by: str
    by_source: bool = False
    """Nobody's word: its source has corrected the text."""
    corrected: Corrected | None = None
    """With the verdict `corrected`, and only there."""


class Standing(Wire):
    """A signal as it counts, with the weight of the word on it."""

    signal: Signal
    heard_at: Instant


class Retold(Wire):
    """A story once a human has spoken on one of its signals: all that stands of it, the oldest first. If nothing does,
    it counts as never told."""

    story_id: str
    signal_id: str
    verdict: Verdict
    reason: str | None = None
    by: str
    by_source: bool = False
    standing: tuple[Standing, ...] = ()

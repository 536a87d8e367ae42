from datetime import date
from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from shared.contracts.base import Instant, Wire
from shared.contracts.events import SourceType

SignalType = Literal[
    "licence_granted",
    "licence_denied",
    "licence_delayed",
    "licence_regime_change",
    "enforcement_crackdown",
    "blacklist_added",
    "blacklist_removed",
    "blacklist_suspended",
    "control_imposed",
    "control_expanded",
    "control_suspended",
    "control_lifted",
    "technology_ban",
    "export_halt",
    "quota_change",
    "tariff_change",
    "diplomatic_signal",
    "supply_disruption",
    "capacity_addition",
    "price_move",
]
Asserted = Literal["asserted", "denied", "speculated", "expected"]
Direction = Literal["tightening", "easing", "neutral"]
Novelty = Literal["new", "update", "duplicate", "stale"]
Verdict = Literal["confirmed", "rejected", "corrected"]


class SignalSource(Wire):
    name: str
    type: SourceType
    reliability: float


class Evidence(Wire):
    """`text` is exactly the code points [start, end) of the field as posted."""

    start: int
    end: int
    text: str
    field: Literal["title", "body"]


class ReviewNote(Wire):
    """A human's word on a signal, the last one; those before stand on `world` and in the audit."""

    verdict: Verdict
    reason: str | None = None
    by: str
    at: Instant
    was_in: tuple[str, ...] = ()
    """Stories that it was taken for before it was corrected."""


class Signal(Wire):
    id: str
    event_id: str
    type: SignalType
    materials: tuple[str, ...]
    issuer: str | None = None
    targets: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    asserted: Asserted
    direction: Direction
    effective_on: date | None = None
    expires_on: date | None = None
    occurred_on: date | None = None
    confidence: float
    source: SignalSource
    published_at: Instant
    url: str | None = None
    evidence: tuple[Evidence, ...] = ()
    story_id: str | None = None
    novelty: Novelty | None = None
    """Story and novelty are the registry's: absent on `world` and in `/v1/classify`."""
    classifier: str
    review: ReviewNote | None = None

    @model_serializer(mode="wrap")
    def _with_issuer(self, fields: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Absent fields are left out; that no state acts is said (contract section 5)."""
        told: dict[str, Any] = fields(self)
        return told if "issuer" in told else {**told, "issuer": None}


class Dropped(Wire):
    """A reading that the classifier considered and did not keep, so that it can be explained."""

    type: SignalType
    reason: str
    evidence: tuple[Evidence, ...] = ()


class Fingerprints(Wire):
    exact: str
    near: tuple[int, ...] = ()
    """One for each sentence that tells something: a copy under another headline has them too."""
    meaning: tuple[float, ...] = ()


class Judgement(Wire):
    """What a classifier made of one news event: kept on `world`, so that a replay does not judge again."""

    kind: Literal["judgement"] = "judgement"
    event_id: str
    source: SignalSource
    title: str
    url: str | None = None
    published_at: Instant
    language: str
    fingerprints: Fingerprints
    signals: tuple[Signal, ...]
    dropped: tuple[Dropped, ...] = ()
    classifier: str

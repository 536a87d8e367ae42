"""What became of an event, and why an alert says what it says: answers of `GET /events/{event_id}/trace` and
`GET /alerts/{id}/explain`."""

from typing import Literal

from shared.contracts.alerts import AlertData, AlertStatus, MessageType
from shared.contracts.base import Band, Instant, Severity, Wire
from shared.contracts.deliveries import DeliveryState
from shared.contracts.measures import Measure, MeasureState
from shared.contracts.risk import Driver, Input
from shared.contracts.signals import Dropped, Signal


class Accepted(Wire):
    """The event as it came; twice where it stands twice on `world`.

    A customer's own record, a profile, a silence or a tick is known by what it moved: without source and title."""

    kind: str
    accepted_at: Instant
    received_at: Instant | None = None
    """Real time."""
    source: str | None = None
    title: str | None = None
    url: str | None = None
    history: bool = False
    """Of the timeline, before this world was first started: told to nobody."""


class MeasureSeen(Wire):
    state: MeasureState
    confirmed: bool
    belief: float


class MeasureMove(Wire):
    """Absent `before`: it was not known."""

    id: str
    ref: str
    title: str
    at: Instant
    before: MeasureSeen | None = None
    after: MeasureSeen


class ScoreSeen(Wire):
    """`drivers` and `inputs` where one customer is asked about."""

    score: float
    band: Band
    drivers: tuple[Driver, ...] | None = None
    inputs: dict[str, Input] | None = None


class ScoreMove(Wire):
    """Absent `before`: its first score, or the last one is no longer kept; absent `after`: it is no exposure now."""

    customer_id: str
    material: str
    at: Instant
    before: ScoreSeen | None = None
    after: ScoreSeen | None = None


class DeliveryTold(Wire):
    """Times of deliveries are real time."""

    id: str
    endpoint_id: str
    state: DeliveryState
    attempts: int
    first_at: Instant
    last_at: Instant
    status: int | None = None
    error: str | None = None
    next_attempt_at: Instant | None = None


class MessageTold(Wire):
    message_id: str
    type: MessageType
    at: Instant
    customer_id: str | None = None
    alert_id: str | None = None
    sequence: int | None = None
    severity: Severity | None = None
    title: str = ""
    deliveries: tuple[DeliveryTold, ...] = ()


class Reason(Wire):
    """Why something was not told, or why it says what it says. `code` is for programs."""

    code: str
    text: str


class Trace(Wire):
    event_id: str
    customer_id: str | None = None
    """Whose part of it this is; absent: everybody's."""
    accepted: tuple[Accepted, ...] = ()
    classifier: str | None = None
    signals: tuple[Signal, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    measures: tuple[MeasureMove, ...] = ()
    scores: tuple[ScoreMove, ...] = ()
    """The worst first."""
    scores_more: int = 0
    messages: tuple[MessageTold, ...] = ()
    messages_more: int = 0
    reasons: tuple[Reason, ...] = ()
    """Why nobody was told, or what stands between."""


class Revision(Wire):
    """One message of the alert; `trace` is the way of the event behind it, as far as it concerns this customer."""

    revision: int
    sequence: int
    type: MessageType
    status: AlertStatus
    severity: Severity
    at: Instant
    title: str
    event_id: str | None = None
    measures: tuple[str, ...] = ()
    """Refs that it names."""
    rule: Reason
    """Which rule made it; `a` to `e` are those of the alerts page, in its order."""
    severity_because: tuple[str, ...]
    trace: Trace | None = None


class Explanation(Wire):
    alert: AlertData
    cause: Literal["measure", "story", "licence", "material"] | None = None
    about: str | None = None
    """Which of them; both absent where that is no longer known."""
    revisions: tuple[Revision, ...]
    """The newest last."""
    revisions_more: int = 0
    measures: tuple[Measure, ...] = ()
    """What it rests on, as it is today."""
    signals: tuple[Signal, ...] = ()
    silenced_by: dict[str, tuple[str, ...]]
    """Matchers of a silence that would have held back the newest message: field → values, any one of them."""

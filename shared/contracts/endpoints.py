from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from shared.contracts.alerts import MessageType
from shared.contracts.base import Identifier, Instant, Severity, Strict, Wire

EVERY_TYPE: tuple[MessageType, ...] = get_args(MessageType)
Format = Literal["standard", "cloudevents", "slack", "teams"]


class EndpointConfig(Strict):
    """What `POST /endpoints` and `PUT /endpoints/{id}` take (contract section 4 gives the defaults)."""

    customer_id: Identifier | None = None
    url: Annotated[str, StringConstraints(min_length=8, max_length=2_000)]
    event_types: tuple[MessageType, ...] = EVERY_TYPE
    min_severity: Severity = "warning"
    materials: tuple[str, ...] = ()
    """Empty: all."""
    format: Format = "standard"
    signature: Literal["v1", "v1a"] = "v1"
    ordering: Literal["none", "customer"] = "none"
    collapse: Literal["none", "latest"] = "none"
    rate_limit_per_s: Annotated[float, Field(gt=0, le=10_000)] | None = None
    heartbeat: Annotated[float, Field(ge=1, le=720)] | None = None
    """Hours."""
    headers: dict[str, str] = Field(
        default_factory=dict, max_length=20, description="A value that is kept reads `***`, which, sent back, keeps it"
    )
    enabled: bool = True


class Circuit(Wire):
    """Whether an endpoint's receiver answers. Open: it is away, and left alone until `trial_at`. Half-open: the next
    message that is due is a trial, one at a time, until one is answered."""

    state: Literal["closed", "open", "half_open"] = "closed"
    since: Instant | None = None
    last_error: str | None = None
    trial_at: Instant | None = None


class Endpoint(EndpointConfig):
    """The resource as the API answers it; `secret` only by creation and rotation."""

    id: Identifier
    created_at: Instant
    updated_at: Instant
    disabled_reason: str | None = None
    circuit: Circuit = Circuit()
    public_keys: tuple[str, ...] = ()
    """`whpk_…`, newest first: what its `v1a` signatures verify with; none for `v1`."""


class SealedSecret(Wire):
    """What signs, sealed (`shared/secrets.py`): a secret that the receiver has too, or the private half of a pair."""

    ciphertext: str
    public_key: str | None = None
    """`whpk_…`, of a pair."""
    expires_at: Instant | None = None
    """Set on a secret that was rotated away: it signs beside the new one until then."""


class EndpointRecord(Wire):
    """The compacted topic `endpoints`, keyed by endpoint id; a tombstone deletes."""

    id: str
    version: int
    """Each change's is one higher; one that is made anew under the id of a deleted one goes on above that one's."""
    config: EndpointConfig
    created_at: Instant
    """Messages accepted before it are not sent to it."""
    secrets: tuple[SealedSecret, ...]
    sealed_headers: dict[str, str] = Field(default_factory=dict)
    """Its owner's headers, name → ciphertext; in `config.headers` stand only those from before they were sealed."""
    enabled_at: Instant | None = None
    """Real time: when somebody last enabled it. That it failed before does not count."""

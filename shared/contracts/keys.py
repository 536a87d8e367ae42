from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from shared.contracts.base import Identifier, Instant, Strict, Wire
from shared.contracts.events import SourceType

Scope = Literal[
    "events:write",
    "events:read",
    "customers:read",
    "customers:write",
    "risk:read",
    "alerts:read",
    "alerts:write",
    "endpoints:read",
    "endpoints:write",
    "measures:write",
    "signals:write",
    "silences:read",
    "silences:write",
    "simulate",
    "keys:admin",
]
EVERY_SCOPE: tuple[Scope, ...] = get_args(Scope)


class SourceClaim(Strict):
    """The source names and the highest source type that a key may claim; no names: any name."""

    names: Annotated[tuple[str, ...], Field(max_length=1_000)] = ()
    highest_type: SourceType = "social"


class KeyRequest(Strict):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]
    customer_id: Identifier | None = None
    sources: SourceClaim | None = None
    expires_at: Instant | None = None


class KeyRecord(Wire):
    """The compacted topic `keys`, keyed by key id; holds the SHA-256 of the key, never the key."""

    id: str
    name: str
    sha256: str
    scopes: tuple[Scope, ...]
    customer_id: str | None = None
    sources: SourceClaim | None = None
    """Absent: any source (the development key)."""
    expires_at: Instant | None = None
    requests_per_minute: int | None = None
    """Absent: no limit (the development key)."""

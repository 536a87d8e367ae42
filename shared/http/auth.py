"""Who is asking: API keys as bearer tokens, known by their SHA-256 from the topic `keys`.

`Authenticated` stands before everything else, so that an unknown key learns nothing of routes or fields; `require` is
what a route says about scopes. Expiry counts in real time, as everything that guards does."""

import hashlib
import hmac
import math
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Annotated

import structlog
from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from shared.clock import real_now
from shared.contracts.keys import KeyRecord
from shared.http.problems import Problem, unavailable
from shared.http.rate import RateLimit
from shared.http.server import Check
from shared.kafka.table import Table
from shared.kafka.topics import KEYS
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

OPEN_TO_ALL = frozenset({"/livez", "/readyz", "/metrics", "/openapi.json", "/docs"})


def sha256_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass(slots=True)
class KeyRing:
    """Every key, by what it hashes to. `unready` says why keys cannot be judged yet."""

    unready: Check = lambda: None
    limit: RateLimit = field(default_factory=RateLimit)
    _by_hash: dict[str, KeyRecord] = field(default_factory=dict, repr=False)
    _hash_of: dict[str, str] = field(default_factory=dict, repr=False)

    def apply(self, key_id: str, record: KeyRecord | None) -> None:
        """A row of the topic: a key that is new or changed, or one that is no more."""
        if (old := self._hash_of.pop(key_id, None)) is not None:
            self._by_hash.pop(old, None)
        if record is None:
            self.limit.forget(key_id)
        else:
            self._hash_of[key_id] = record.sha256
            self._by_hash[record.sha256] = record

    def find(self, presented: str) -> KeyRecord | None:
        digest = sha256_of(presented)
        record = self._by_hash.get(digest)
        # whoever asks cannot steer a SHA-256, so the look-up gives nothing away; the comparison takes constant time
        if record is None or not hmac.compare_digest(record.sha256, digest):
            return None
        return record

    def stands(self, record: KeyRecord) -> bool:
        """Whether a key that was found some time ago is still what it was."""
        return self._by_hash.get(record.sha256) == record and not _expired(record)

    def authenticate(self, authorization: str | None) -> KeyRecord:
        """:raises Problem: 401, 429, or 503 while the keys are not loaded."""
        scheme, _, presented = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not presented.strip():
            raise _unauthorized("send an API key: Authorization: Bearer <key>")
        if reason := self.unready():
            raise unavailable(f"keys are not loaded yet: {reason}")
        record = self.find(presented.strip())
        if record is None:
            raise _unauthorized("this key is unknown or was deleted", "invalid_token")
        if record.expires_at is not None and _expired(record):
            raise _unauthorized(f"this key expired at {record.expires_at.isoformat()}", "invalid_token")
        if record.requests_per_minute and (wait := self.limit.wait_s(record.id, record.requests_per_minute)):
            raise _too_many(record.requests_per_minute, wait)
        return record


def _expired(record: KeyRecord) -> bool:
    return record.expires_at is not None and record.expires_at <= real_now()


def follow_keys(settings: ServiceSettings) -> tuple[KeyRing, Table[KeyRecord]]:
    """The ring and the table that keeps it; whoever calls runs the table."""
    ring = KeyRing()
    table = Table(settings, KEYS, _parse, ring.apply)
    ring.unready = table.unready
    return ring, table


def _parse(value: bytes) -> KeyRecord | None:
    try:
        return KeyRecord.model_validate_json(value)
    except ValidationError as error:
        # a key that cannot be read opens nothing; the others go on
        log.error("a record of keys cannot be read", errors=error.error_count())  # noqa: TRY400  # no input in logs
        return None


class Authenticated:
    """Middleware: nothing behind it is reached without a valid key, but for the paths `public` (one that ends with
    `/` stands for all below it)."""

    def __init__(self, app: ASGIApp, ring: KeyRing, public: Collection[str] = OPEN_TO_ALL) -> None:
        self._app = app
        self._ring = ring
        self._public = frozenset(public)
        self._below = tuple(path for path in public if path.endswith("/") and path != "/")

    async def __call__(self, connection: AsgiScope, receive: Receive, send: Send) -> None:
        if connection["type"] == "http" and not self._is_public(connection["path"]):
            try:
                key = self._ring.authenticate(Headers(scope=connection).get("authorization"))
            except Problem as problem:
                return await problem.response()(connection, receive, send)
            connection.setdefault("state", {})["key"] = key
        return await self._app(connection, receive, send)

    def _is_public(self, path: str) -> bool:
        return path in self._public or path.startswith(self._below)


def key_of(connection: AsgiScope) -> KeyRecord:
    """The key that `Authenticated` has found."""
    key: KeyRecord = connection["state"]["key"]
    return key


def demand(key: KeyRecord, scope: str, method: str) -> None:
    """`x:*` stands for `x:read` on GET, `x:write` otherwise.

    :raises Problem: 403 that names the scope.
    """
    if scope.endswith(":*"):
        scope = scope[:-1] + ("read" if method in ("GET", "HEAD") else "write")
    if scope not in key.scopes:
        challenge = f'Bearer realm="chokepoint", error="insufficient_scope", scope="{scope}"'
        raise Problem(
            403,
            f"this key lacks the scope {scope}: use a key that has it, or have one made with POST /v1/keys",
            errors=[{"loc": "header.authorization", "message": f"lacks the scope {scope}"}],
            headers={"WWW-Authenticate": challenge},
        )


_bearer = HTTPBearer(auto_error=False, description="An API key, `ck_…`")


def require(scope: str) -> Callable[..., Awaitable[KeyRecord]]:
    """A dependency: `key: Annotated[KeyRecord, Depends(require("customers:*"))]`."""

    async def key(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]) -> KeyRecord:
        found = key_of(request.scope)
        demand(found, scope, request.method)
        return found

    return key


def _unauthorized(reason: str, error: str | None = None) -> Problem:
    challenge = 'Bearer realm="chokepoint"' + (f', error="{error}"' if error else "")
    return Problem(
        401,
        reason,
        errors=[{"loc": "header.authorization", "message": reason}],
        headers={"WWW-Authenticate": challenge},
    )


def _too_many(per_minute: int, wait_s: float) -> Problem:
    return Problem(
        429,
        f"this key may make {per_minute} requests a minute: come again in {wait_s:.1f} s",
        headers={"Retry-After": str(math.ceil(wait_s))},
    )

"""What `v1a` signatures verify with, for anybody to read."""

import asyncio
import hashlib
import time

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control.endpoints.secret import public_keys
from services.control.endpoints.store import read_secrets
from services.control.state import InControl
from services.control.tables import endpoints
from shared.clock import real_now
from shared.contracts.base import Instant
from shared.contracts.endpoints import SealedSecret

PATH = "/.well-known/webhook-keys"
READ_AGAIN_AFTER_S = 1.0
"""Whoever asks needs no key: he costs the database no more than that."""
HAS_PAIR = text("""secrets LIKE '%"public_key"%'""")
"""As the index `endpoints_with_a_pair` has it."""


class PublishedKey(BaseModel):
    id: str
    algorithm: str = "ed25519"
    public_key: str
    """`whpk_` and 32 bytes in base64."""
    expires_at: Instant | None = None
    """Of one that was rotated away: it signs beside the new one until then."""


class PublishedKeys(BaseModel):
    keys: list[PublishedKey]


def published_keys() -> APIRouter:
    """Which endpoint a key is of stands in the endpoint (`public_keys`), not here."""
    router = APIRouter(tags=["webhook keys"])
    asking = asyncio.Lock()
    read_at, known = -READ_AGAIN_AFTER_S, PublishedKeys(keys=[])

    @router.get(PATH, response_model_exclude_none=True)
    async def webhook_keys(control: InControl) -> PublishedKeys:
        """The public key of every endpoint with `signature: v1a`. A receiver trusts its own endpoint's, by its id."""
        nonlocal read_at, known
        async with asking:
            if time.monotonic() - read_at > READ_AGAIN_AFTER_S:
                known, read_at = await _read(control.engine), time.monotonic()
        return known

    return router


def key_id(public_key: str) -> str:
    return f"whk_{hashlib.sha256(public_key.encode()).hexdigest()[:16]}"


async def _read(engine: AsyncEngine) -> PublishedKeys:
    async with engine.connect() as connection:
        found = await connection.scalars(select(endpoints.c.secrets).where(HAS_PAIR).order_by(endpoints.c.id))
        sealed = [one for secrets in found for one in public_keys(read_secrets(secrets), real_now())]
    return PublishedKeys(keys=[_published(one.public_key, one) for one in sealed if one.public_key])


def _published(public_key: str, sealed: SealedSecret) -> PublishedKey:
    return PublishedKey(id=key_id(public_key), public_key=public_key, expires_at=sealed.expires_at)

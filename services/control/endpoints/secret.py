"""What signs an endpoint's messages: the newest of its kind, and beside it the one before while receivers change over.

An endpoint has a secret from the start, and a pair of keys of its own (Standard Webhooks: one an endpoint, so that what
was signed for one proves nothing to another) from when it first asks for `v1a`."""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contracts.endpoints import EndpointConfig, SealedSecret
from shared.secrets import SecretSettings, seal

Sealed = tuple[SealedSecret, ...]


def new_secret() -> str:
    return "whsec_" + _base64(secrets.token_bytes(32))


def first(settings: SecretSettings, secret: str, config: EndpointConfig) -> Sealed:
    return with_pair(settings, (_sealed(settings, secret),), config)


def with_pair(settings: SecretSettings, standing: Sealed, config: EndpointConfig) -> Sealed:
    """An endpoint that turns to `v1a` gets a pair; one that had it before goes on with that."""
    if config.signature != "v1a" or any(one.public_key for one in standing):
        return standing
    return (*standing, _new_pair(settings))


def rotated(settings: SecretSettings, secret: str, standing: Sealed, now: datetime, overlap: timedelta) -> Sealed:
    """`now` is real time, as signatures are. At most two sign: a second rotation ends the oldest at once."""
    shared = _before((one for one in standing if not one.public_key), now, overlap)
    pairs = [one for one in standing if one.public_key]
    new_pair = (_new_pair(settings),) if pairs else ()
    return (_sealed(settings, secret), *shared, *new_pair, *_before(pairs, now, overlap))


def public_keys(standing: Sealed, now: datetime) -> tuple[SealedSecret, ...]:
    return tuple(one for one in standing if one.public_key and not (one.expires_at and one.expires_at <= now))


def _before(standing: Iterable[SealedSecret], now: datetime, overlap: timedelta) -> Sealed:
    """The newest of them, for a while."""
    until = now + overlap
    return tuple(one.model_copy(update={"expires_at": until}) for one in islice(standing, 1 if overlap else 0))


def _sealed(settings: SecretSettings, secret: str) -> SealedSecret:
    return SealedSecret(ciphertext=seal(settings, secret))


def _new_pair(settings: SecretSettings) -> SealedSecret:
    """Both halves as their 32 bytes, `whsk_` and `whpk_` in front (Standard Webhooks, signature scheme)."""
    private = Ed25519PrivateKey.generate()
    public_key = "whpk_" + _base64(private.public_key().public_bytes_raw())
    return SealedSecret(
        ciphertext=seal(settings, "whsk_" + _base64(private.private_bytes_raw())), public_key=public_key
    )


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

"""Standard Webhooks 1.0 signatures: `v1` by its own library, `v1a` (ed25519) by `cryptography`."""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, Protocol

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

from shared.contracts.endpoints import SealedSecret
from shared.secrets import SealBroken, SecretSettings, unseal

log = structlog.get_logger(__name__)

MOST = 2
"""A receiver checks each signature: the newest key's, and that of one that was rotated away and still overlaps."""


class Key(Protocol):
    def sign(self, message_id: str, at: datetime, body: str, /) -> str: ...


class KeyPair:
    """`private`: `whsk_` and the 32 bytes of an ed25519 key."""

    def __init__(self, private: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private.removeprefix("whsk_")))

    def sign(self, message_id: str, at: datetime, body: str, /) -> str:
        signed = self._key.sign(f"{message_id}.{int(at.timestamp())}.{body}".encode())
        return f"v1a,{base64.b64encode(signed).decode()}"


class Signer:
    """Unseals an endpoint's secrets when the first message is signed, so that one broken seal stops one endpoint."""

    def __init__(
        self, secrets: Sequence[SealedSecret], settings: SecretSettings, signature: Literal["v1", "v1a"] = "v1"
    ) -> None:
        self._sealed = [secret for secret in secrets if (secret.public_key is not None) == (signature == "v1a")]
        self._settings = settings
        self._keys: list[tuple[Key, datetime | None]] | None = None

    def sign(self, message_id: str, at: datetime, body: bytes) -> str:
        """The header `webhook-signature`.

        :raises SealBroken: the newest secret cannot be unsealed.
        """
        if self._keys is None:
            self._keys = list(self._opened(at))
        valid = [key for key, expires_at in self._keys if expires_at is None or at < expires_at]
        text = body.decode()
        return " ".join([key.sign(message_id, at, text) for key in valid[:MOST]])

    def _opened(self, at: datetime) -> Iterator[tuple[Key, datetime | None]]:
        """Those that sign at `at`. One that was rotated away may have been so because its sealing key is lost."""
        for place, sealed in enumerate(self._sealed):
            if sealed.expires_at is not None and sealed.expires_at <= at:
                continue
            try:
                opened = unseal(self._settings, sealed.ciphertext)
            except SealBroken:
                if place == 0:
                    raise
                log.warning("a secret that was rotated away cannot be unsealed: the newest signs without it")
            else:
                yield KeyPair(opened) if sealed.public_key else Webhook(opened), sealed.expires_at

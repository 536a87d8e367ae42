"""Standard Webhooks 1.0 signatures, by its own library."""

from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

from shared.contracts.endpoints import SealedSecret
from shared.secrets import SecretSettings, unseal

MOST = 2
"""A receiver checks each signature: the newest secret's, and one that was rotated away and still overlaps."""


class Signer:
    """Unseals an endpoint's secrets when the first message is signed, so that one broken seal stops one endpoint."""

    def __init__(self, secrets: Sequence[SealedSecret], settings: SecretSettings) -> None:
        self._sealed = secrets
        self._settings = settings
        self._keys: list[tuple[Webhook, datetime | None]] | None = None

    def sign(self, message_id: str, at: datetime, body: str) -> str:
        """The header `webhook-signature`.

        :raises SealBroken: a secret cannot be unsealed.
        """
        if self._keys is None:
            self._keys = [(Webhook(unseal(self._settings, s.ciphertext)), s.expires_at) for s in self._sealed]
        valid = [key for key, expires_at in self._keys if expires_at is None or at < expires_at]
        return " ".join(key.sign(message_id, at, body) for key in valid[:MOST])

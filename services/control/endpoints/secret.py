"""An endpoint's signing secrets: the newest signs, and the one before it beside it while receivers change over."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.contracts.endpoints import SealedSecret
from shared.secrets import SecretSettings, seal

OVERLAP = timedelta(hours=24)


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def first(settings: SecretSettings, secret: str) -> tuple[SealedSecret, ...]:
    return (SealedSecret(ciphertext=seal(settings, secret)),)


def rotated(
    settings: SecretSettings, secret: str, standing: Sequence[SealedSecret], now: datetime
) -> tuple[SealedSecret, ...]:
    """`now` is real time, as signatures are. At most two sign: a second rotation ends the oldest at once."""
    before = standing[0].model_copy(update={"expires_at": now + OVERLAP})
    return (*first(settings, secret), before)

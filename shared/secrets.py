"""Endpoints' signing secrets and their owners' headers are kept and sent between services sealed (Fernet); keys come
from the environment."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import model_validator

from shared.errors import ChokepointError
from shared.settings import SecretKeys, Settings


class SealBroken(ChokepointError):
    pass


class SecretSettings(Settings):
    """`CHOKEPOINT_SECRET_KEYS`: Fernet keys, newest first. The first seals; all of them unseal, so that a key can be
    put in front, everything sealed anew, and the old one taken out."""

    secret_keys: SecretKeys

    @model_validator(mode="after")
    def every_key_is_one(self) -> "SecretSettings":
        if not self.secret_keys:
            raise ValueError("at least one key is needed: 32 random bytes in url-safe base64")
        for position, key in enumerate(self.secret_keys, 1):
            try:
                Fernet(key.get_secret_value())
            except ValueError:
                raise ValueError(f"key {position} is not 32 bytes in url-safe base64") from None
        return self


def seal(settings: SecretSettings, secret: str) -> str:
    return _box(settings).encrypt(secret.encode()).decode()


def unseal(settings: SecretSettings, ciphertext: str) -> str:
    """:raises SealBroken: it was sealed under a key that is no longer among ours, or it was altered."""
    try:
        return _box(settings).decrypt(ciphertext.encode()).decode()
    except InvalidToken:
        raise SealBroken(
            "a secret of the endpoint cannot be unsealed: put the key that sealed it back into CHOKEPOINT_SECRET_KEYS, "
            "or rotate the signing secret and give the headers anew"
        ) from None


def reseal(settings: SecretSettings, ciphertext: str) -> str:
    """Under the newest key; what is so already stays as it is.

    :raises SealBroken: as `unseal`.
    """
    try:
        Fernet(settings.secret_keys[0].get_secret_value()).decrypt(ciphertext.encode())
    except InvalidToken:
        return seal(settings, unseal(settings, ciphertext))
    return ciphertext


def _box(settings: SecretSettings) -> MultiFernet:
    return MultiFernet([Fernet(key.get_secret_value()) for key in settings.secret_keys])

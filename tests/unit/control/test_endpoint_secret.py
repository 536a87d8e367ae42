import base64
from datetime import UTC, datetime

from cryptography.fernet import Fernet
from pydantic import SecretStr

from services.control.endpoints.secret import OVERLAP, first, new_secret, rotated
from shared.secrets import SecretSettings, unseal

SETTINGS = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_secret_is_32_random_bytes() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) == 32


def test_while_receivers_change_over_both_secrets_sign_and_then_only_the_new_one() -> None:
    sealed = rotated(SETTINGS, "whsec_new", first(SETTINGS, "whsec_old"), NOW)
    assert [unseal(SETTINGS, secret.ciphertext) for secret in sealed] == ["whsec_new", "whsec_old"]
    assert [secret.expires_at for secret in sealed] == [None, NOW + OVERLAP]


def test_a_second_rotation_ends_the_oldest_at_once() -> None:
    once = rotated(SETTINGS, "whsec_2", first(SETTINGS, "whsec_1"), NOW)
    twice = rotated(SETTINGS, "whsec_3", once, NOW)
    assert [unseal(SETTINGS, secret.ciphertext) for secret in twice] == ["whsec_3", "whsec_2"]


def test_a_sealed_secret_does_not_show_what_it_holds() -> None:
    assert "whsec" not in repr(first(SETTINGS, "whsec_1"))

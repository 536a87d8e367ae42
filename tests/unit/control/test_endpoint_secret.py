import base64
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from services.control.endpoints.secret import first, new_secret, public_keys, rotated, with_pair
from shared.contracts.endpoints import EndpointConfig, SealedSecret
from shared.secrets import SecretSettings, unseal

SETTINGS = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(hours=24)
V1 = EndpointConfig(url="https://hooks.example/in")
V1A = EndpointConfig(url="https://hooks.example/in", signature="v1a")


def opened(sealed: tuple[SealedSecret, ...]) -> list[str]:
    return [unseal(SETTINGS, secret.ciphertext) for secret in sealed]


def pairs(sealed: tuple[SealedSecret, ...]) -> list[str]:
    return [secret.public_key for secret in sealed if secret.public_key]


def test_a_secret_is_32_random_bytes() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) == 32


def test_while_receivers_change_over_both_secrets_sign_and_then_only_the_new_one() -> None:
    sealed = rotated(SETTINGS, "whsec_new", first(SETTINGS, "whsec_old", V1), NOW, DAY)
    assert opened(sealed) == ["whsec_new", "whsec_old"]
    assert [secret.expires_at for secret in sealed] == [None, NOW + DAY]


def test_a_second_rotation_ends_the_oldest_at_once() -> None:
    once = rotated(SETTINGS, "whsec_2", first(SETTINGS, "whsec_1", V1), NOW, DAY)
    assert opened(rotated(SETTINGS, "whsec_3", once, NOW, DAY)) == ["whsec_3", "whsec_2"]


def test_a_secret_that_others_know_can_end_at_once() -> None:
    assert opened(rotated(SETTINGS, "whsec_2", first(SETTINGS, "whsec_1", V1A), NOW, timedelta()))[0] == "whsec_2"
    assert len(rotated(SETTINGS, "whsec_2", first(SETTINGS, "whsec_1", V1A), NOW, timedelta())) == 2


def test_an_endpoint_has_a_pair_of_its_own_once_it_asks_for_v1a() -> None:
    assert pairs(first(SETTINGS, "whsec_1", V1)) == []
    [secret, pair] = first(SETTINGS, "whsec_1", V1A)
    private = unseal(SETTINGS, pair.ciphertext)
    assert (secret.public_key, private[:5]) == (None, "whsk_")
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private.removeprefix("whsk_"), validate=True))
    assert pair.public_key == "whpk_" + base64.b64encode(key.public_key().public_bytes_raw()).decode()
    assert pairs(first(SETTINGS, "whsec_1", V1A)) != [pair.public_key]


def test_turning_to_v1a_and_back_keeps_secret_and_pair() -> None:
    secret = first(SETTINGS, "whsec_1", V1)
    turned = with_pair(SETTINGS, secret, V1A)
    assert turned[:1] == secret
    assert len(turned) == 2
    assert with_pair(SETTINGS, turned, V1A) == with_pair(SETTINGS, turned, V1) == turned


def test_a_pair_is_rotated_with_the_secret_and_published_as_long_as_it_signs() -> None:
    before = first(SETTINGS, "whsec_1", V1A)
    sealed = rotated(SETTINGS, "whsec_2", before, NOW, DAY)
    assert [secret.expires_at for secret in sealed] == [None, NOW + DAY] * 2
    assert pairs(sealed)[1:] == pairs(before)
    assert [one.public_key for one in public_keys(sealed, NOW)] == pairs(sealed)
    assert [one.public_key for one in public_keys(sealed, NOW + DAY)] == pairs(sealed)[:1]
    assert len(rotated(SETTINGS, "whsec_3", sealed, NOW, DAY)) == 4


def test_what_is_sealed_does_not_show_what_it_holds() -> None:
    shown = repr(first(SETTINGS, "whsec_1", V1A))
    assert "whsec" not in shown
    assert "whsk" not in shown

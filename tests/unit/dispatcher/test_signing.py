"""Standard Webhooks signatures, checked by its own library and by its published vectors; `v1a`, which its Python
library does not know, by `cryptography`."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from services.dispatcher.receivers import read_receiver
from services.dispatcher.signing import Signer
from shared.contracts.base import to_json
from shared.contracts.endpoints import EndpointConfig, EndpointRecord, SealedSecret
from shared.secrets import SealBroken, SecretSettings, seal

SETTINGS = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "whsec_b2xkLXNlY3JldC1vZi10aGlzLXRlc3Q="
OLDER = "whsec_b2xkZXItc2VjcmV0LW9mLXRoaXMtdGVzdA=="
BODY = b'{"test": 2432232314}'
SEED = "VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="


def sealed(secret: str, expires_at: datetime | None = None) -> SealedSecret:
    return SealedSecret(ciphertext=seal(SETTINGS, secret), expires_at=expires_at)


def pair(seed: str, expires_at: datetime | None = None) -> SealedSecret:
    public = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed)).public_key().public_bytes_raw()
    whpk = "whpk_" + base64.b64encode(public).decode()
    return SealedSecret(ciphertext=seal(SETTINGS, f"whsk_{seed}"), public_key=whpk, expires_at=expires_at)


def verify_v1a(public_key: str | None, body: bytes, sent: dict[str, str]) -> None:
    """As a receiver does it.

    :raises InvalidSignature: none of the signatures is this key's over this message.
    """
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode((public_key or "").removeprefix("whpk_")))
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    for signature in sent["webhook-signature"].split(" "):
        version, _, encoded = signature.partition(",")
        try:
            assert version == "v1a"
            return key.verify(base64.b64decode(encoded), signed)
        except InvalidSignature:
            continue
    raise InvalidSignature


def headers(signature: str, at: datetime, message_id: str = "msg_p5jXN8AQM9LWM0D4loKWxJek") -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def test_the_vector_of_the_specification() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    signature = Signer([sealed(NEW)], SETTINGS).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, BODY)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_official_library_verifies_it_and_refuses_what_was_tampered_with() -> None:
    now = datetime.now(UTC)
    good = headers(Signer([sealed(NEW)], SETTINGS).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", now, BODY), now)
    receiver = Webhook(NEW)
    assert receiver.verify(BODY, good) == {"test": 2432232314}
    later = str(int(now.timestamp()) + 1)
    for body, changed in (
        (BODY.replace(b"4", b"5"), good),
        (BODY, good | {"webhook-id": "msg_other"}),
        (BODY, good | {"webhook-timestamp": later}),
    ):
        with pytest.raises(WebhookVerificationError):
            receiver.verify(body, changed)


def test_an_old_timestamp_is_refused_although_it_was_signed() -> None:
    then = datetime.now(UTC) - timedelta(minutes=6)
    old = headers(Signer([sealed(NEW)], SETTINGS).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", then, BODY), then)
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(NEW).verify(BODY, old)


def test_while_a_rotated_secret_overlaps_both_verify() -> None:
    now = datetime.now(UTC)
    signer = Signer([sealed(NEW), sealed(OLD, now + timedelta(hours=1))], SETTINGS)
    both = headers(signer.sign("msg_1", now, BODY), now, "msg_1")
    assert len(both["webhook-signature"].split(" ")) == 2
    assert Webhook(NEW).verify(BODY, both)
    assert Webhook(OLD).verify(BODY, both)


def test_a_rotated_secret_signs_until_it_expires_and_there_are_never_more_than_two() -> None:
    now = datetime.now(UTC)
    old, older = now + timedelta(hours=1), now + timedelta(hours=2)
    signer = Signer([sealed(NEW), sealed(OLD, old), sealed(OLDER, older)], SETTINGS)
    assert len(signer.sign("msg_1", now, BODY).split(" ")) == 2
    expired = headers(signer.sign("msg_1", old, BODY), now, "msg_1")
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY, expired)


def test_the_vector_of_v1a() -> None:
    """That of the specification's reference library in Go (TestAsymmetricWebhookSign)."""
    at = datetime.fromtimestamp(1614265330, UTC)
    assert Signer([pair(SEED)], SETTINGS, "v1a").sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, BODY) == (
        "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="
    )


def test_the_published_key_verifies_it_and_refuses_what_was_tampered_with() -> None:
    now, key = datetime.now(UTC), pair(SEED)
    good = headers(Signer([sealed(NEW), key], SETTINGS, "v1a").sign("msg_1", now, BODY), now, "msg_1")
    verify_v1a(key.public_key, BODY, good)
    later = str(int(now.timestamp()) + 1)
    for body, changed in (
        (BODY.replace(b"4", b"5"), good),
        (BODY, good | {"webhook-id": "msg_2"}),
        (BODY, good | {"webhook-timestamp": later}),
    ):
        with pytest.raises(InvalidSignature):
            verify_v1a(key.public_key, body, changed)


@pytest.mark.parametrize("signature", ["v1", "v1a"])
def test_an_endpoint_is_signed_for_as_it_asked_and_in_no_other_way(signature: Literal["v1", "v1a"]) -> None:
    now = datetime.now(UTC)
    config = EndpointConfig(url="https://hooks.example/in", signature=signature)
    record = EndpointRecord(id="e", version=1, config=config, created_at=now, secrets=(sealed(NEW), pair(SEED)))
    signed = read_receiver(to_json(record), SETTINGS).signer.sign("msg_1", now, BODY)
    assert signed.startswith(f"{signature},")
    assert " " not in signed


def test_while_a_rotated_pair_overlaps_both_keys_verify_and_then_only_the_new_one() -> None:
    now, new = datetime.now(UTC), pair(base64.b64encode(b"n" * 32).decode())
    old = pair(SEED, now + timedelta(hours=1))
    signer = Signer([new, old], SETTINGS, "v1a")
    both = headers(signer.sign("msg_1", now, BODY), now, "msg_1")
    assert len(both["webhook-signature"].split(" ")) == 2
    verify_v1a(new.public_key, BODY, both)
    verify_v1a(old.public_key, BODY, both)
    after = now + timedelta(hours=1)
    one = headers(signer.sign("msg_1", after, BODY), after, "msg_1")
    verify_v1a(new.public_key, BODY, one)
    with pytest.raises(InvalidSignature):
        verify_v1a(old.public_key, BODY, one)


def test_a_broken_seal_is_found_when_a_message_is_signed_and_says_what_to_do() -> None:
    stranger = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
    signer = Signer([sealed(NEW)], stranger)
    with pytest.raises(SealBroken, match="CHOKEPOINT_SECRET_KEYS"):
        signer.sign("msg_1", datetime.now(UTC), BODY)


@pytest.mark.parametrize("until", [timedelta(hours=24), timedelta(0)])
def test_once_it_is_rotated_a_secret_whose_seal_is_broken_stops_nothing(until: timedelta) -> None:
    now = datetime.now(UTC)
    stranger = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
    lost = SealedSecret(ciphertext=seal(stranger, OLD), expires_at=now + until)
    signer = Signer([sealed(NEW), lost], SETTINGS)
    with structlog.testing.capture_logs() as logged:
        signed = [signer.sign("msg_1", now, BODY) for _ in range(3)]
    assert signed == [Signer([sealed(NEW)], SETTINGS).sign("msg_1", now, BODY)] * 3
    assert len(logged) == (1 if until else 0), "told once; one that has expired is not opened"
    with pytest.raises(SealBroken):
        Signer([lost, sealed(NEW)], SETTINGS).sign("msg_1", now - timedelta(hours=1), BODY)


def test_no_secret_shows_in_a_repr() -> None:
    signer = Signer([sealed(NEW)], SETTINGS)
    signer.sign("msg_1", datetime.now(UTC), BODY)
    assert NEW not in repr(signer)
    assert SEED not in repr(Signer([pair(SEED)], SETTINGS, "v1a"))

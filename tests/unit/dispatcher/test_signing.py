"""Standard Webhooks signatures, checked by its own library and by its published vector."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from services.dispatcher.signing import Signer
from shared.contracts.endpoints import SealedSecret
from shared.secrets import SealBroken, SecretSettings, seal

SETTINGS = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "whsec_b2xkLXNlY3JldC1vZi10aGlzLXRlc3Q="
OLDER = "whsec_b2xkZXItc2VjcmV0LW9mLXRoaXMtdGVzdA=="
BODY = '{"test": 2432232314}'


def sealed(secret: str, expires_at: datetime | None = None) -> SealedSecret:
    return SealedSecret(ciphertext=seal(SETTINGS, secret), expires_at=expires_at)


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
        (BODY.replace("4", "5"), good),
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


def test_a_broken_seal_is_found_when_a_message_is_signed_and_says_what_to_do() -> None:
    stranger = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
    signer = Signer([sealed(NEW)], stranger)
    with pytest.raises(SealBroken, match="CHOKEPOINT_SECRET_KEYS"):
        signer.sign("msg_1", datetime.now(UTC), BODY)


def test_no_secret_shows_in_a_repr() -> None:
    signer = Signer([sealed(NEW)], SETTINGS)
    signer.sign("msg_1", datetime.now(UTC), BODY)
    assert NEW not in repr(signer)

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr, ValidationError

from shared.secrets import SealBroken, SecretSettings, reseal, seal, unseal


def new_key() -> str:
    return Fernet.generate_key().decode()


def settings(*keys: str) -> SecretSettings:
    return SecretSettings(secret_keys=tuple(SecretStr(key) for key in keys))


def test_what_is_sealed_is_not_readable_and_comes_back_whole() -> None:
    ours = settings(new_key())
    sealed = seal(ours, "whsec_abc")
    assert "whsec" not in sealed
    assert unseal(ours, sealed) == "whsec_abc"


def test_a_new_key_in_front_still_opens_what_the_old_one_sealed() -> None:
    old, new = new_key(), new_key()
    sealed = seal(settings(old), "whsec_abc")
    assert unseal(settings(new, old), sealed) == "whsec_abc"
    assert unseal(settings(new), seal(settings(new, old), "whsec_abc")) == "whsec_abc"


def test_a_key_that_was_taken_out_too_early_says_what_to_do_and_nothing_of_the_secret() -> None:
    sealed = seal(settings(new_key()), "whsec_abc")
    with pytest.raises(SealBroken, match="CHOKEPOINT_SECRET_KEYS") as broken:
        unseal(settings(new_key()), sealed)
    assert sealed not in str(broken.value)


def test_once_everything_is_resealed_the_old_key_can_go() -> None:
    old, new = new_key(), new_key()
    both, sealed = settings(new, old), seal(settings(old), "whsec_abc")
    under_new = reseal(both, sealed)
    assert unseal(settings(new), under_new) == "whsec_abc"
    assert reseal(both, under_new) == under_new
    with pytest.raises(SealBroken):
        reseal(settings(new), sealed)


def test_keys_come_from_the_environment_newest_first_and_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    new, old = new_key(), new_key()
    monkeypatch.setenv("CHOKEPOINT_SECRET_KEYS", f"{new}, {old}")
    ours = SecretSettings()
    assert [key.get_secret_value() for key in ours.secret_keys] == [new, old]
    assert new not in repr(ours)


@pytest.mark.parametrize("keys", ["", "not-a-key", "c2hvcnQ="])
def test_a_key_that_is_none_is_refused_at_the_start_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    monkeypatch.setenv("CHOKEPOINT_SECRET_KEYS", keys)
    with pytest.raises(ValidationError) as refused:
        SecretSettings()
    assert not keys or keys not in str(refused.value)

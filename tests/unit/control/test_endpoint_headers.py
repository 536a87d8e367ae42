"""What an owner's headers say may be a key to his receiver: sealed where it is kept, `***` where it is shown."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from services.control.endpoints.headers import MASK, masked, resealed, sealed
from services.control.endpoints.patch import patched
from services.control.endpoints.store import Stored
from shared.contracts.base import to_json
from shared.contracts.endpoints import EndpointConfig, EndpointRecord
from shared.http.problems import Problem
from shared.secrets import SecretSettings, unseal

OLD, NEW = (SecretStr(Fernet.generate_key().decode()) for _ in range(2))
SETTINGS = SecretSettings(secret_keys=(OLD,))
URL = "https://hooks.example/in"
MADE = datetime(2026, 3, 1, tzinfo=UTC)


def asked(headers: Mapping[str, str], url: str = URL) -> EndpointConfig:
    return EndpointConfig(url=url, headers=dict(headers))


def kept(headers: Mapping[str, str]) -> EndpointRecord:
    return EndpointRecord(
        id="e",
        version=1,
        config=asked({}),
        created_at=MADE,
        secrets=(),
        sealed_headers=sealed(SETTINGS, asked(headers)),
    )


def from_before(headers: Mapping[str, str]) -> EndpointRecord:
    return EndpointRecord(id="e", version=1, config=asked(headers), created_at=MADE, secrets=())


def opened(ciphertexts: Mapping[str, str], settings: SecretSettings = SETTINGS) -> dict[str, str]:
    return {name: unseal(settings, ciphertext) for name, ciphertext in ciphertexts.items()}


TOKEN = {"Authorization": "Bearer abc"}


def test_a_value_is_kept_sealed_and_shown_as_a_mask() -> None:
    record = kept(TOKEN)
    assert opened(record.sealed_headers) == TOKEN
    assert b"Bearer" not in to_json(record)
    shown = Stored(record, updated_at=MADE, enabled_at=MADE).resource
    assert shown.headers == {"Authorization": "***"}


@pytest.mark.parametrize("record", [kept(TOKEN), from_before(TOKEN)], ids=["sealed", "from before"])
def test_what_is_shown_can_be_sent_back_and_changes_nothing(record: EndpointRecord) -> None:
    shown = Stored(record, updated_at=MADE, enabled_at=MADE).shown
    assert opened(sealed(SETTINGS, shown, record)) == TOKEN
    added = patched(shown, {"headers": {"X-Team": "supply"}})
    assert opened(sealed(SETTINGS, added, record)) == TOKEN | {"X-Team": "supply"}
    removed = patched(shown, {"headers": {"Authorization": None}})
    assert sealed(SETTINGS, removed, record) == {}


def test_the_same_value_again_is_no_change_and_another_is() -> None:
    record = kept(TOKEN)
    assert sealed(SETTINGS, asked(TOKEN), record) == record.sealed_headers
    assert opened(sealed(SETTINGS, asked({"Authorization": "Bearer new"}), record)) == {"Authorization": "Bearer new"}


def test_a_mask_that_stands_for_nothing_is_refused() -> None:
    for standing in (None, kept(TOKEN)):
        with pytest.raises(Problem) as refused:
            sealed(SETTINGS, asked({"X-Other": MASK}), standing)
        [error] = refused.value.errors
        assert error["loc"] == "body.headers"
        assert "'X-Other' has no value yet" in error["message"]


def test_what_was_given_for_one_receiver_is_not_sent_to_another() -> None:
    record = kept(TOKEN)
    assert sealed(SETTINGS, asked({"Authorization": MASK}, "https://hooks.example/other/path"), record)
    with pytest.raises(Problem) as refused:
        sealed(SETTINGS, asked({"Authorization": MASK}, "https://elsewhere.example/in"), record)
    assert "given for another receiver" in refused.value.errors[0]["message"]
    assert sealed(SETTINGS, asked({"Authorization": "Bearer b"}, "https://elsewhere.example/in"), record)


@pytest.mark.parametrize("record", [kept(TOKEN), from_before(TOKEN)], ids=["sealed", "from before"])
def test_a_new_key_seals_them_too(record: EndpointRecord) -> None:
    both, only_new = SecretSettings(secret_keys=(NEW, OLD)), SecretSettings(secret_keys=(NEW,))
    anew = resealed(both, record)
    assert opened(anew, only_new) == TOKEN
    after = Stored(record, updated_at=MADE, enabled_at=MADE).resealed((), anew).record
    assert (after.config.headers, masked(after), after.version) == ({}, {"Authorization": MASK}, record.version)

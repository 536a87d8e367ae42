"""The database holds secrets that were sealed with a key: is it there?"""

from pathlib import Path

import orjson
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from services.cli.doctor.patient import Patient
from services.cli.doctor.sealing import ciphertexts, sealing, unsealed
from shared.secrets import SecretSettings, seal

KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(scope="module")
def sealed() -> str:
    return seal(SecretSettings(secret_keys=(SecretStr(KEY),)), "whsec_x")


def test_a_key_that_opens_them_all_may_stand_second(sealed: str) -> None:
    assert unsealed(f"{OTHER},{KEY}", [sealed]).state == "well"
    assert unsealed(KEY, []).state == "well"


def test_another_key_none_and_no_key_at_all(sealed: str) -> None:
    other = unsealed(OTHER, [sealed])
    assert (other.state, other.found) == ("broken", "1 of 1 sealed secrets do not open with it")
    assert unsealed(None, [sealed]).state == "broken"
    wrong = unsealed("not-a-key", [])
    assert wrong.state == "broken"
    assert "not-a-key" not in wrong.found


def test_headers_of_endpoints_are_looked_at_too(sealed: str) -> None:
    headers = orjson.dumps({"Authorization": sealed}).decode()
    assert list(ciphertexts('[{"ciphertext": "of a secret"}]', headers)) == ["of a secret", sealed]
    assert list(ciphertexts("[]", None)) == [], "a database from before there was such a column"


def test_a_database_whose_key_was_removed(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18")
    patient = Patient.of({"DATA_DIR": str(tmp_path)})
    (finding,) = sealing(patient)
    assert (finding.state, "sealing.key is gone" in finding.found) == ("broken", True)
    (tmp_path / "sealing.key").write_text(KEY)
    assert [each.state for each in sealing(patient)] == ["well"]

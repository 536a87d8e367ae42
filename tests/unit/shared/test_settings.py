"""Where settings come from: the environment, and for what is secret a file of the setting's name."""

import socket
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from services.dispatcher.settings import DispatcherSettings
from services.scorer.settings import ScorerSettings

URL = "postgresql+asyncpg://u:p@db:5432/chokepoint"


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_URL", "CHOKEPOINT_DATABASE_URL", "CHOKEPOINT_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHOKEPOINT_SECRETS_DIR", str(tmp_path))
    (tmp_path / "chokepoint_database_url").write_text(f"{URL}\n")
    return tmp_path


def test_a_secret_stands_in_a_file_of_its_name(secrets: Path) -> None:
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    (secrets / "chokepoint_secret_keys").write_text(f"{keys[0]},{keys[1]}\n")
    settings = DispatcherSettings()
    assert settings.database_url.get_secret_value() == URL
    assert [key.get_secret_value() for key in settings.secret_keys] == keys


def test_the_environment_goes_before_the_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_SECRET_KEYS", Fernet.generate_key().decode())
    monkeypatch.setenv("CHOKEPOINT_DATABASE_URL", "postgresql+asyncpg://other/db")
    assert DispatcherSettings().database_url.get_secret_value() == "postgresql+asyncpg://other/db"


def test_without_either_the_setting_is_named_and_no_value_is_shown(secrets: Path) -> None:
    with pytest.raises(ValidationError, match="secret_keys") as error:
        DispatcherSettings()
    assert URL not in str(error.value)


def test_without_a_folder_no_file_is_looked_for(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHOKEPOINT_SECRETS_DIR")
    monkeypatch.setenv("CHOKEPOINT_SECRET_KEYS", Fernet.generate_key().decode())
    with pytest.raises(ValidationError, match="DATABASE_URL"):
        DispatcherSettings()


def test_what_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_PORT", "")
    assert ScorerSettings().port == 8012


def test_a_copy_may_be_named_after_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ScorerSettings().instance == "0"
    monkeypatch.setenv("CHOKEPOINT_INSTANCE", "hostname")
    assert ScorerSettings().instance == socket.gethostname()

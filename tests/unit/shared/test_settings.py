"""Where settings come from: the environment, and for what is secret a file of the setting's name."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from services.dispatcher.settings import DispatcherSettings
from services.scorer.settings import ScorerSettings
from shared.kafka.faust_app import credentials
from shared.settings import KafkaSettings

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


def test_a_folder_that_is_not_there_is_not_worth_a_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A container without secrets has none; what is warned of would stand in its log, and is an error here."""
    monkeypatch.setenv("CHOKEPOINT_SECRETS_DIR", str(tmp_path / "none"))
    assert ScorerSettings().port == 8012


def test_what_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_PORT", "")
    assert ScorerSettings().port == 8012


def test_a_copy_may_be_named_after_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ScorerSettings().instance == "0"
    monkeypatch.setenv("CHOKEPOINT_INSTANCE", "hostname")
    assert ScorerSettings().instance == socket.gethostname()


LOG_IN = {"SECURITY_PROTOCOL": "SASL_SSL", "USERNAME": "chokepoint", "PASSWORD": "s3cret"}


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Callable[..., KafkaSettings]:
    def read(**given: str) -> KafkaSettings:
        for name, value in given.items():
            monkeypatch.setenv(f"CHOKEPOINT_KAFKA_{name}", value)
        return KafkaSettings()

    return read


def test_kafka_is_logged_into_over_tls_and_the_password_stands_in_no_repr(kafka: Callable[..., KafkaSettings]) -> None:
    settings = kafka(**LOG_IN)
    assert settings.kafka_sasl_mechanism == "SCRAM-SHA-512"
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(credentials(settings))


def test_its_password_may_stand_in_a_file(
    secrets: Path, kafka: Callable[..., KafkaSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    (secrets / "chokepoint_kafka_password").write_text("s3cret\n")
    settings = kafka(**{name: value for name, value in LOG_IN.items() if name != "PASSWORD"})
    assert settings.kafka_password.get_secret_value() == "s3cret"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (LOG_IN | {"PASSWORD": ""}, "SASL_SSL needs CHOKEPOINT_KAFKA_USERNAME and CHOKEPOINT_KAFKA_PASSWORD"),
        (LOG_IN | {"SECURITY_PROTOCOL": "SSL"}, "CHOKEPOINT_KAFKA_SECURITY_PROTOCOL=SASL_SSL only"),
        (LOG_IN | {"SECURITY_PROTOCOL": ""}, "CHOKEPOINT_KAFKA_SECURITY_PROTOCOL=SASL_SSL only"),
        (LOG_IN | {"SECURITY_PROTOCOL": "SASL_PLAINTEXT"}, "'PLAINTEXT', 'SSL' or 'SASL_SSL'"),
    ],
    ids=["half a log-in", "a log-in that TLS alone does not use", "a log-in in the clear", "that, asked for"],
)
def test_a_log_in_that_would_not_be_used_or_not_be_safe_is_refused(
    kafka: Callable[..., KafkaSettings], given: dict[str, str], said: str
) -> None:
    with pytest.raises(ValidationError, match=said) as error:
        kafka(**given)
    assert "s3cret" not in str(error.value)

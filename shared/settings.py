"""Settings come from the environment, prefix `CHOKEPOINT_`; a service adds its own in `services/<name>/settings.py`.

What is secret may stand in a file of the setting's name instead (`chokepoint_database_url`), in the folder that
`CHOKEPOINT_SECRETS_DIR` names: containers get theirs so."""

import os
import socket
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from shared.contracts.base import Instant


def _words(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _own_name(value: object) -> object:
    return socket.gethostname() if value == "hostname" else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Subnets = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_words)]
SecretKeys = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_words)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="CHOKEPOINT_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # no file is read that nobody named
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # its folder would be fixed at import
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        folder = os.environ.get("CHOKEPOINT_SECRETS_DIR")
        there = folder if folder and Path(folder).exists() else None  # a service without secrets is given no folder
        files = SecretsSettingsSource(settings_cls, secrets_dir=there)
        return init_settings, env_settings, files


class KafkaSettings(Settings):
    """How to reach the broker, with what it lets us in, and how the topics are cut."""

    kafka_bootstrap_servers: str = Field(
        "127.0.0.1:9092",
        validation_alias=AliasChoices("CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS"),
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_SSL"] = "PLAINTEXT"
    kafka_ca_file: Path | None = None
    """In PEM: who signs the brokers' certificates. Absent: the authorities that this machine trusts."""
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    kafka_username: str = ""
    kafka_password: SecretStr = SecretStr("")
    partitions: Annotated[int, Field(ge=1, le=1_000)] = 8

    @model_validator(mode="after")
    def _log_in_is_whole(self) -> Self:
        given = bool(self.kafka_username), bool(self.kafka_password.get_secret_value())
        if self.kafka_security_protocol == "SASL_SSL" and not all(given):
            raise ValueError("SASL_SSL needs CHOKEPOINT_KAFKA_USERNAME and CHOKEPOINT_KAFKA_PASSWORD")
        if self.kafka_security_protocol != "SASL_SSL" and any(given):
            raise ValueError(
                "CHOKEPOINT_KAFKA_USERNAME and _PASSWORD are used with CHOKEPOINT_KAFKA_SECURITY_PROTOCOL=SASL_SSL only"
            )
        return self


class ClockSettings(Settings):
    """The system's clock (contract section 10)."""

    data_dir: Path = Path(".data")
    clock: Instant | Literal["replay"] | None = None
    replay_from: Instant = datetime(2023, 1, 1, tzinfo=UTC)


class DatabaseSettings(Settings):
    database_url: SecretStr = Field(validation_alias=AliasChoices("CHOKEPOINT_DATABASE_URL", "DATABASE_URL"))
    """`postgresql+asyncpg://user:password@host:port/database`"""


class EgressSettings(Settings):
    allow_subnets: Subnets = ()
    """Where endpoints may stand although it is private, or reached by http or an unusual port."""


class TracingSettings(Settings):
    """Where a process tells what it does, and who it is."""

    instance: Annotated[str, BeforeValidator(_own_name), Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")] = "0"
    """Names this copy within its consumer group (static membership): two copies must differ. `hostname`: its host's,
    where something else makes the copies; one that is made anew then has a new name, and waits until the old one's
    session has run out."""
    otlp_endpoint: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = Field(
        None, validation_alias=AliasChoices("CHOKEPOINT_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    )
    """Of an OpenTelemetry collector that takes OTLP over HTTP (`http://collector:4318`); absent: no spans are made."""
    trace_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Of the traces that begin here; who sends a trace along has decided already whether it is recorded."""


class ServiceSettings(KafkaSettings, TracingSettings):
    """What every service has; `port` gets its default in the service."""

    host: str = "127.0.0.1"
    port: Port
    stuck_after_s: Annotated[float, Field(gt=0)] = 60
    """A consumer that lags and takes nothing for so long is not live: its process is to be started again, and ends by
    itself where nobody does so."""

"""Settings come from the environment, prefix `CHOKEPOINT_`; a service adds its own in `services/<name>/settings.py`."""

from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.contracts.base import Instant


def _words(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


Subnets = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_words)]
SecretKeys = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_words)]


_CONFIG = SettingsConfigDict(
    env_prefix="CHOKEPOINT_", extra="ignore", frozen=True, populate_by_name=True, hide_input_in_errors=True
)


class KafkaSettings(BaseSettings):
    """How to reach the broker and how the topics are cut."""

    model_config = _CONFIG

    kafka_bootstrap_servers: str = Field(
        "127.0.0.1:9092",
        validation_alias=AliasChoices("CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS"),
    )
    partitions: Annotated[int, Field(ge=1, le=1_000)] = 8


class ClockSettings(BaseSettings):
    """The system's clock (contract section 10)."""

    model_config = _CONFIG

    data_dir: Path = Path(".data")
    clock: Instant | Literal["replay"] | None = None
    replay_from: Instant = datetime(2023, 1, 1, tzinfo=UTC)


class DatabaseSettings(BaseSettings):
    model_config = _CONFIG

    database_url: SecretStr = Field(validation_alias=AliasChoices("CHOKEPOINT_DATABASE_URL", "DATABASE_URL"))
    """`postgresql+asyncpg://user:password@host:port/database`"""


class ServiceSettings(KafkaSettings):
    """What every service has; `port` gets its default in the service."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)]
    instance: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "0"
    """Names this copy within its consumer group (static membership): two copies must differ."""
    stuck_after_s: Annotated[float, Field(gt=0)] = 60
    """A consumer that lags and takes nothing for so long ends its process, to be started again."""

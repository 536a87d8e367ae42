"""What `make run` is told, from the environment (contract section 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.cli.supervisor.services import POSTGRES_PORT
from shared.errors import ChokepointError

LARGEST_OFFSET = 65_535 - POSTGRES_PORT
SECURITY = "CHOKEPOINT_KAFKA_SECURITY_PROTOCOL"
SEEDS = ("timeline", "none")


class SettingWrong(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class RunSettings:
    data_dir: Path
    data_dir_chosen: bool
    """`DATA_DIR` was given: it is this one or an error."""
    port_offset: int
    kafka_bootstrap_servers: str | None
    """None: Kafka comes in the box."""
    database_url: str | None = field(repr=False)
    """None: so does PostgreSQL."""
    clock: str | None
    seed: str
    end_with_parent: bool
    """Set by the Makefile: nothing is left behind even if make itself is killed."""
    passed_on: Mapping[str, str] = field(repr=False)
    """Everything `CHOKEPOINT_…` that was set, for the services."""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "RunSettings":
        """:raises SettingWrong: with the setting's name and what it may be."""
        given = {name: value.strip() for name, value in environment.items() if value.strip()}
        chosen = given.get("DATA_DIR") or given.get("CHOKEPOINT_DATA_DIR")
        return cls(
            data_dir=Path(chosen or ".data").expanduser().resolve(),
            data_dir_chosen=chosen is not None,
            port_offset=_offset(given.get("PORT_OFFSET", "0")),
            kafka_bootstrap_servers=_servers(given),
            database_url=_database(_either(given, "DATABASE_URL")),
            clock=_clock("CLOCK", given.get("CLOCK") or given.get("CHOKEPOINT_CLOCK")),
            seed=_seed(given.get("CHOKEPOINT_SEED", SEEDS[0])),
            end_with_parent="CHOKEPOINT_END_WITH_PARENT" in given,
            passed_on={name: value for name, value in given.items() if name.startswith("CHOKEPOINT_")},
        )


def _either(given: Mapping[str, str], name: str) -> str | None:
    return given.get(name) or given.get(f"CHOKEPOINT_{name}")


def _servers(given: Mapping[str, str]) -> str | None:
    servers = _either(given, "KAFKA_BOOTSTRAP_SERVERS")
    if servers is None and given.get(SECURITY, "PLAINTEXT") != "PLAINTEXT":
        raise SettingWrong(
            f"{SECURITY}={given[SECURITY]}: Kafka in the box speaks on 127.0.0.1 only, without TLS; "
            "leave it out, or name your own cluster in KAFKA_BOOTSTRAP_SERVERS"
        )
    return servers


def _offset(text: str) -> int:
    if not text.isdecimal() or int(text) > LARGEST_OFFSET:
        raise SettingWrong(f"PORT_OFFSET={text}: a whole number from 0 to {LARGEST_OFFSET} is added to every port")
    return int(text)


def _seed(text: str) -> str:
    if text not in SEEDS:
        raise SettingWrong(f"CHOKEPOINT_SEED={text}: it is one of {', '.join(SEEDS)}")
    return text


def _clock(name: str, text: str | None) -> str | None:
    if text is None or text == "replay":
        return text
    try:
        zoned = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        zoned = False
    if not zoned:
        raise SettingWrong(f"{name}={text}: an instant with its offset (2026-11-10T00:00:00Z), or the word replay")
    return text


def _database(url: str | None) -> str | None:
    if url is not None and not url.startswith("postgresql+asyncpg://"):
        raise SettingWrong("DATABASE_URL: it has the form postgresql+asyncpg://user:password@host:port/database")
    return url

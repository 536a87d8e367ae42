"""What this run brings itself: Kafka, PostgreSQL, both or neither."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.cli.box.aot import cache_path
from services.cli.box.cache import cache_dir
from services.cli.box.jars import class_path, ensure_jars, read_pins
from services.cli.box.kafka import KafkaBox
from services.cli.box.postgres import PostgresBox
from services.cli.box.prepare import prepare_kafka, prepare_postgres
from services.cli.supervisor.kept_secrets import database_password
from services.cli.supervisor.output import Output, Report
from services.cli.supervisor.ports import Port
from services.cli.supervisor.services import CONTROLLER_PORT, KAFKA_PORT, POSTGRES_PORT
from services.cli.supervisor.settings import RunSettings
from services.cli.supervisor.spec import ProcessSpec
from services.cli.supervisor.supervisor import Supervisor
from services.cli.supervisor.unprivileged import unprivileged_user


@dataclass(frozen=True, slots=True)
class Box:
    kafka: KafkaBox | None
    postgres: PostgresBox | None

    @classmethod
    def of(cls, settings: RunSettings, data_dir: Path, environment: Mapping[str, str]) -> "Box":
        return cls(
            kafka=None if settings.kafka_bootstrap_servers else _kafka(settings, data_dir, environment),
            postgres=None if settings.database_url else _postgres(settings, data_dir),
        )

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.kafka.broker_port}" if self.kafka else ""

    @property
    def database_url(self) -> str:
        return self.postgres.url if self.postgres else ""

    def fetch(self, report: Report) -> None:
        if self.kafka:
            pins = read_pins()
            ensure_jars(pins, self.kafka.class_path[0].parent, report)

    async def prepare(self, supervisor: Supervisor, output: Output) -> None:
        steps = []
        if self.kafka:
            steps.append(prepare_kafka(supervisor, self.kafka, output))
        if self.postgres:
            steps.append(prepare_postgres(supervisor, self.postgres, output))
        await asyncio.gather(*steps)

    def specs(self) -> tuple[ProcessSpec, ...]:
        """The broker first: it ends last."""
        specs = []
        if self.kafka:
            specs.append(self.kafka.broker())
        if self.postgres:
            specs.append(self.postgres.server())
        return tuple(specs)


def ports_of(settings: RunSettings) -> Iterator[Port]:
    """Those that the box of these settings will take."""
    if not settings.kafka_bootstrap_servers:
        yield Port(KAFKA_PORT + settings.port_offset, "kafka")
        yield Port(CONTROLLER_PORT + settings.port_offset, "kafka's controller")
    if not settings.database_url:
        yield Port(POSTGRES_PORT + settings.port_offset, "postgres")


def _kafka(settings: RunSettings, data_dir: Path, environment: Mapping[str, str]) -> KafkaBox:
    folder = cache_dir(environment) / "kafka"
    jars = class_path(read_pins(), folder)
    return KafkaBox(
        folder=data_dir / "kafka",
        class_path=jars,
        broker_port=KAFKA_PORT + settings.port_offset,
        controller_port=CONTROLLER_PORT + settings.port_offset,
        class_cache=cache_path(folder, jars),
    )


def _postgres(settings: RunSettings, data_dir: Path) -> PostgresBox:
    return PostgresBox(
        folder=data_dir / "postgres",
        port=POSTGRES_PORT + settings.port_offset,
        password_file=database_password(data_dir),
        user=unprivileged_user(),
    )

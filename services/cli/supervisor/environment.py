"""What a service is told: its settings are its environment (`shared/settings.py`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.cli.supervisor.services import Service
from services.cli.supervisor.settings import RunSettings

LIGHT = {
    "MALLOC_ARENA_MAX": "2",  # threads share their pools: 10-20 MB less a process
    "OPENBLAS_NUM_THREADS": "1",  # a service's arrays are worked on by one core; its threads only cost memory
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything is in this run."""

    settings: RunSettings
    data_dir: Path
    bootstrap: str
    database_url: str = field(repr=False)
    dev_key: str = field(repr=False)
    sealing_keys: str = field(repr=False)

    def port(self, service: Service) -> int:
        return service.port + self.settings.port_offset

    def url(self, service: Service) -> str:
        return f"http://127.0.0.1:{self.port(service)}"


def system_environment(plan: Plan, inherited: Mapping[str, str], services: Sequence[Service]) -> dict[str, str]:
    """What is the same for every service."""
    settings = plan.settings
    ours = {
        "CHOKEPOINT_DATA_DIR": str(plan.data_dir),
        "CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS": plan.bootstrap,
        "CHOKEPOINT_DATABASE_URL": plan.database_url,
        "CHOKEPOINT_DEV_KEY": plan.dev_key,
        "CHOKEPOINT_SECRET_KEYS": plan.sealing_keys,
        "CHOKEPOINT_SEED": settings.seed,
        "CHOKEPOINT_HOST": "127.0.0.1",
        **{f"CHOKEPOINT_{service.name.upper()}_URL": plan.url(service) for service in services},
    }
    if settings.clock:
        ours["CHOKEPOINT_CLOCK"] = settings.clock
    loopback = {"CHOKEPOINT_ALLOW_SUBNETS": "127.0.0.0/8,::1/128"}
    return {**LIGHT, **inherited, **loopback, **settings.passed_on, **ours}


def service_environment(system: Mapping[str, str], plan: Plan, service: Service) -> dict[str, str]:
    return {**system, "CHOKEPOINT_PORT": str(plan.port(service))}

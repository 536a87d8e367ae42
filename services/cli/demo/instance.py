"""A system of the demo's own: free ports, a data directory that goes when it ends, no timeline, the replay clock."""

import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from services.cli.box.box import Box
from services.cli.run import plan_of
from services.cli.supervisor.data_dir import held_data_dir
from services.cli.supervisor.log_lines import LogLine, parse
from services.cli.supervisor.orphans import Register
from services.cli.supervisor.output import JsonOutput, Report
from services.cli.supervisor.panel import Ready
from services.cli.supervisor.ports import is_free
from services.cli.supervisor.services import CONTROLLER_PORT, KAFKA_PORT, POSTGRES_PORT, SERVICES
from services.cli.supervisor.settings import RunSettings
from services.cli.supervisor.supervisor import Supervisor
from services.cli.system import System
from shared.client import Connection
from shared.errors import ChokepointError

FOREIGN = ("CHOKEPOINT_", "KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "DATA_DIR", "PORT_OFFSET", "CLOCK")
"""Settings of another instance are not meant for this one, but for where packages are kept."""
SHARED = frozenset({"CHOKEPOINT_CACHE_DIR"})
OFFSETS = range(1_000, 17_000)
"""Below the ports that the operating system hands out."""


class Backstage:
    """What the system says goes to its log; what it is doing, to `show`."""

    def __init__(self, log: TextIO, show: Callable[[str], None]) -> None:
        self._log = JsonOutput(log)
        self._show = show
        self.errors: dict[str, LogLine] = {}
        """The last one of each service."""

    def line(self, service: str, raw: bytes) -> None:
        self._log.line(service, raw)
        line = parse(service, raw)
        if line.at_least("error"):
            self.errors[service] = line

    def say(self, event: str, level: str = "info", **fields: object) -> None:
        self._log.say(event, level, **fields)
        self._show(event)

    @contextmanager
    def progress(self, doing: str) -> Iterator[Report]:
        yield lambda part, done, total: self._show(f"{doing}: {part} ({done} of {total})")

    def ready(self, ready: Ready) -> None:
        pass


@contextmanager
def prepared(inherited: Mapping[str, str], output: Backstage) -> Iterator[System]:
    """Everything that can be done before there is an event loop: packages fetched, ports found."""
    with TemporaryDirectory(prefix="chokepoint-demo-") as folder:
        environment = own_environment(inherited, Path(folder) / "data", free_offset())
        settings = RunSettings.read(environment)
        with held_data_dir(settings) as data_dir:
            box = Box.of(settings, data_dir, environment)
            with output.progress("fetching Kafka") as report:
                box.fetch(report)
            supervisor = Supervisor(output, Register(data_dir / "processes"))
            yield System(plan_of(settings, data_dir, box), box, SERVICES, environment, output, supervisor)


@asynccontextmanager
async def running(system: System) -> AsyncIterator[Connection]:
    """:raises StartFailed: something did not come up."""
    began = time.monotonic()
    try:
        now = await system.start()
        ready = system.ready(now, time.monotonic() - began)
        yield Connection(ready.url, ready.control_url, ready.key)
    finally:
        await system.supervisor.stop()


def own_environment(inherited: Mapping[str, str], data_dir: Path, offset: int) -> dict[str, str]:
    kept = {name: value for name, value in inherited.items() if name in SHARED or not name.startswith(FOREIGN)}
    ours = {"DATA_DIR": str(data_dir), "PORT_OFFSET": str(offset), "CHOKEPOINT_SEED": "none", "CLOCK": "replay"}
    return kept | ours


def free_offset() -> int:
    ports = (KAFKA_PORT, CONTROLLER_PORT, POSTGRES_PORT, *(service.port for service in SERVICES))
    # in no order: two demos that start at once do not meet
    for offset in random.sample(OFFSETS, 200):
        if all(is_free(port + offset) for port in ports):
            return offset
    raise ChokepointError("no free range of ports was found for the demo's own system")

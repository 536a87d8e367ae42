"""The whole system on one machine: what is started, in which order, and where it then answers."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from services.cli.box.box import Box
from services.cli.supervisor.environment import Plan, service_environment, system_environment
from services.cli.supervisor.output import Output
from services.cli.supervisor.panel import Ready
from services.cli.supervisor.services import Service
from services.cli.supervisor.spec import Answers, ProcessSpec, Succeeds
from services.cli.supervisor.supervisor import Supervisor
from shared.clock import real_now

ROOT = Path(__file__).parents[2]
SERVICE_GRACE_S = 5.5
"""With the database's 1.5 s and the broker's 2 s this stays below the 10 s in which everything ends."""

REAL_WITHIN = timedelta(minutes=5)
"""`now` was told before the services started."""


@dataclass(frozen=True, slots=True)
class System:
    plan: Plan
    box: Box
    services: Sequence[Service]
    inherited: Mapping[str, str]
    output: Output
    supervisor: Supervisor

    async def start(self) -> datetime:
        """Returns when everything is ready: the system's time.

        :raises StartFailed: something did not come up.
        """
        await self.box.prepare(self.supervisor, self.output)
        await asyncio.gather(*(self.supervisor.start([spec]) for spec in self.box.specs()))
        environment = system_environment(self.plan, self.inherited, self.services)
        now = await self.supervisor.finish(_groundwork(environment))
        await self.supervisor.start([self._service(service, environment) for service in self.services])
        return datetime.fromisoformat(now)

    def ready(self, now: datetime, after_s: float) -> Ready:
        ports = {service.name: self.plan.url(service) for service in self.services}
        return Ready(
            url=ports["ingest"],
            control_url=ports["control"],
            key=self.plan.dev_key,
            kafka=self.plan.bootstrap,
            database=_without_password(self.plan.database_url),
            data_dir=self.plan.data_dir,
            now=now,
            clock=_told_of_the_clock(self.plan.settings.clock, now),
            after_s=after_s,
        )

    def _service(self, service: Service, environment: Mapping[str, str]) -> ProcessSpec:
        return ProcessSpec(
            name=service.name,
            argv=(sys.executable, "-m", service.module),
            env=service_environment(environment, self.plan, service),
            cwd=ROOT,
            ready=Answers(self.plan.port(service)),
            live=Answers(self.plan.port(service), "/livez"),
            grace_s=SERVICE_GRACE_S,
        )


def _told_of_the_clock(asked: str | None, now: datetime) -> str | None:
    """None: it is real time, of which nobody needs to be told."""
    if asked is not None:
        return "set by CLOCK"
    return "kept from an earlier start" if abs(now - real_now()) > REAL_WITHIN else None


def _groundwork(environment: Mapping[str, str]) -> ProcessSpec:
    argv = (sys.executable, "-m", "services.cli.groundwork")
    return ProcessSpec(name="groundwork", argv=argv, env=environment, cwd=ROOT, ready=Succeeds(()))


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}"

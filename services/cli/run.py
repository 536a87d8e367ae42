"""`chokepoint run`: everything on this machine, until it is told to stop."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.cli.box.box import Box
from services.cli.box.box import ports_of as box_ports
from services.cli.exit_codes import Exit
from services.cli.supervisor.asked_to_stop import AskedToStop
from services.cli.supervisor.data_dir import held_data_dir
from services.cli.supervisor.dev_env import dev_env, forget_dev_env
from services.cli.supervisor.environment import Plan
from services.cli.supervisor.guard import end_with_parent
from services.cli.supervisor.kept_secrets import development_key, sealing_key
from services.cli.supervisor.lasting_output import LastingOutput
from services.cli.supervisor.orphans import Register
from services.cli.supervisor.output import output_for
from services.cli.supervisor.panel import Ready
from services.cli.supervisor.ports import Port, ensure_free
from services.cli.supervisor.services import SERVICES, Service
from services.cli.supervisor.settings import LARGEST_OFFSET, RunSettings
from services.cli.supervisor.supervisor import StartFailed, Supervisor
from services.cli.system import System


def run(environment: Mapping[str, str] = os.environ, services: Sequence[Service] = SERVICES) -> int:
    """Until it is asked to stop; `Exit.NOT_SO`: something did not start.

    :raises ChokepointError: a setting is wrong, a port or the data directory is taken.
    """
    began = time.monotonic()
    settings = RunSettings.read(environment)
    if settings.end_with_parent:
        end_with_parent(signal.SIGTERM)
    names = ["kafka", "postgres", *(service.name for service in services)]
    output = LastingOutput(output_for(sys.stdout, names), lost=_ask_ourselves_to_stop)
    with held_data_dir(settings) as data_dir:
        if data_dir != settings.data_dir:
            output.say(f"{settings.data_dir} is in use: this run keeps its state in {data_dir}")
        forget_dev_env(data_dir)
        register = Register(data_dir / "processes")
        for name in register.sweep():
            output.say("ended what an earlier run had left", "warning", process=name)
        # before anything is made: a start that is refused leaves nothing
        ensure_free(ports_of(settings, services), settings.port_offset, LARGEST_OFFSET)
        box = Box.of(settings, data_dir, environment)
        system = System(
            plan_of(settings, data_dir, box), box, services, environment, output, Supervisor(output, register)
        )
        with output.progress("fetching Kafka") as report:
            box.fetch(report)
        return asyncio.run(_until_asked_to_stop(system, began))


def ports_of(settings: RunSettings, services: Sequence[Service]) -> list[Port]:
    of_services = (Port(service.port + settings.port_offset, service.name) for service in services)
    return [*box_ports(settings), *of_services]


def plan_of(settings: RunSettings, data_dir: Path, box: Box) -> Plan:
    given = settings.passed_on
    return Plan(
        settings=settings,
        data_dir=data_dir,
        bootstrap=settings.kafka_bootstrap_servers or box.bootstrap,
        database_url=settings.database_url or box.database_url,
        dev_key=given.get("CHOKEPOINT_DEV_KEY") or development_key(data_dir),
        sealing_keys=given.get("CHOKEPOINT_SECRET_KEYS") or sealing_key(data_dir),
    )


async def _until_asked_to_stop(system: System, began: float) -> int:
    asked = AskedToStop(on_second=system.supervisor.kill)
    starting = asyncio.create_task(system.start())
    try:
        if await asked.before(starting):
            await _shown(system.ready(starting.result(), time.monotonic() - began), system, asked)
    except StartFailed as failed:
        system.output.say(str(failed), "error")
        return Exit.NOT_SO
    else:
        return Exit.DONE
    finally:
        await _ended(starting)
        await _stop(system)


async def _shown(ready: Ready, system: System, asked: AskedToStop) -> None:
    with dev_env(ready.data_dir, ready.url, ready.control_url, ready.key):
        system.output.ready(ready)
        await asked.wait()


async def _stop(system: System) -> None:
    began = time.monotonic()
    system.output.say("stopping")
    await system.supervisor.stop()
    system.output.say("stopped", after_s=round(time.monotonic() - began, 1))


def _ask_ourselves_to_stop() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python's own last flush fails
    os.kill(os.getpid(), signal.SIGTERM)


async def _ended(task: "asyncio.Task[object]") -> None:
    task.cancel()
    await asyncio.wait({task})

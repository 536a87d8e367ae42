"""What a start tells of itself."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

from services.cli.box.box import Box
from services.cli.supervisor.environment import Plan
from services.cli.supervisor.orphans import Register
from services.cli.supervisor.output import JsonOutput
from services.cli.supervisor.services import SERVICES
from services.cli.supervisor.settings import RunSettings
from services.cli.supervisor.supervisor import Supervisor
from services.cli.system import System
from shared.clock import real_now


def clock_told(now: datetime, asked: str | None = None) -> str | None:
    output = JsonOutput(StringIO())
    settings = replace(RunSettings.read({}), clock=asked)
    plan = Plan(settings, Path("data"), "kafka:9092", "postgresql+asyncpg://u:p@h/d", "ck_dev", "sealing")
    system = System(plan, Box(None, None), SERVICES, {}, output, Supervisor(output, Register(Path("data/processes"))))
    return system.ready(now, 1.0).clock


def test_a_clock_that_an_earlier_start_was_given_is_told_though_this_one_was_given_none() -> None:
    later = real_now() + timedelta(days=96)
    assert clock_told(later) == "kept from an earlier start"
    assert clock_told(later, later.isoformat()) == "set by CLOCK"


def test_of_real_time_nobody_is_told() -> None:
    assert clock_told(real_now() - timedelta(seconds=20)) is None

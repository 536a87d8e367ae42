"""Makes Java's class cache (see aot.py) with a broker that is thrown away."""

import fcntl
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from services.cli.box.aot import training_flags
from services.cli.box.free_ports import free_ports
from services.cli.box.kafka import KafkaBox
from services.cli.supervisor.spec import ProcessSpec
from services.cli.supervisor.supervisor import Supervisor

JAVA_WRITES_WITHIN_S = 60.0
"""It does so when it ends."""


async def train(supervisor: Supervisor, box: KafkaBox, into: Path) -> None:
    """Whoever comes second while another start is at it goes on without."""
    lock = os.open(into.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with tempfile.TemporaryDirectory(dir=into.parent, prefix=".training-") as scratch:
            written = Path(scratch) / "classes.aot"
            await _run_one(supervisor, box, Path(scratch), written)
            if written.exists():
                written.replace(into)
    except BlockingIOError:
        return
    finally:
        os.close(lock)


async def _run_one(supervisor: Supervisor, box: KafkaBox, scratch: Path, written: Path) -> None:
    broker_port, controller_port = free_ports(2)
    throwaway = replace(
        box, folder=scratch / "kafka", broker_port=broker_port, controller_port=controller_port, class_cache=None
    )
    throwaway.lay_out()
    await format_log(supervisor, throwaway)
    spec = throwaway.broker(*training_flags(written))
    await supervisor.run_until_ready(_patient(spec))


async def format_log(supervisor: Supervisor, box: KafkaBox) -> None:
    if spec := box.format():
        await supervisor.finish(spec)
        box.adopt()


def _patient(spec: ProcessSpec) -> ProcessSpec:
    return replace(spec, name="kafka-training", grace_s=JAVA_WRITES_WITHIN_S)

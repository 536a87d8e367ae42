"""The data directory: ours to write, no remains of a run that was killed, a clock that this start can take up."""

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from services.cli.doctor.finding import Finding, broken, odd, well
from services.cli.doctor.patient import Patient
from services.cli.supervisor.dev_env import NAME as DEV_ENV
from services.cli.supervisor.orphans import Register
from shared.clock import Clock, ClockError
from shared.contracts.base import rfc3339
from shared.settings import ClockSettings


def kept(patient: Patient) -> Iterator[Finding]:
    folder = patient.data_dir
    yield writable(folder)
    yield run(folder, patient.running, has_dev_env=patient.connection is not None)
    if not patient.running and (folder / "processes").is_dir():
        yield from left_behind(Register(folder / "processes").left())
    if (folder / "clock").exists():
        yield clock(folder, patient.settings.clock, held=patient.running is not None)


def writable(folder: Path) -> Finding:
    if not folder.exists():
        above = next(place for place in folder.parents if place.exists())
        if os.access(above, os.W_OK | os.X_OK):
            return well("data directory", f"{folder} is made by the first start")
        return broken("data directory", f"{folder} cannot be made in {above}", "set DATA_DIR to a folder of yours")
    if not folder.is_dir():
        return broken("data directory", f"{folder} is no folder", "set DATA_DIR to a folder")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        advice = f"sudo chown -R $USER {folder}, or set another DATA_DIR"
        return broken("data directory", f"{folder} is not ours to write", advice)
    return well("data directory", str(folder))


def run(folder: Path, running: str | None, *, has_dev_env: bool) -> Finding:
    if running and has_dev_env:
        return well("run", f"process {running} runs the system")
    if running:
        advice = "wait; if it stays so, read its log"
        return odd("run", f"process {running} holds {folder} and is not ready: it starts or stops", advice)
    if has_dev_env:
        found = f"{folder / DEV_ENV} is of a run that was killed"
        return odd("run", found, f"rm {folder / DEV_ENV}, or start again: tools that read it find nobody")
    return well("run", "none now")


def left_behind(names: tuple[str, ...]) -> Iterator[Finding]:
    if names:
        found = f"a run that was killed left {', '.join(sorted(names))} running"
        yield odd("processes", found, "start again: the next start ends them first")


def clock(folder: Path, setting: str | None, *, held: bool = False) -> Finding:
    """As the next start would open it, on a copy; of a run that holds it, as that has opened it."""
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "clock").write_bytes((folder / "clock").read_bytes())
        try:
            opened = _opened(Path(scratch), _chosen(setting), held=held)
            return well("clock", f"{'replay, ' if opened.replay else ''}{rfc3339(opened.now())}")
        except ClockError as error:
            return broken("clock", str(error).replace(scratch, str(folder)), "set CLOCK or DATA_DIR as it says")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            found = f"{folder / 'clock'} cannot be read: {type(error).__name__}"
            advice = "put it back from a backup; without one set another DATA_DIR: time must not run backwards"
            return broken("clock", found, advice)


def _opened(folder: Path, chosen: datetime | Literal["replay"] | None, *, held: bool) -> Clock:
    try:
        return Clock.open(ClockSettings(data_dir=folder, clock=chosen))
    except ClockError:
        if not held:
            raise
        return Clock.open(ClockSettings(data_dir=folder, clock=None if chosen == "replay" else "replay"))


def _chosen(setting: str | None) -> datetime | Literal["replay"] | None:
    if setting is None or setting == "replay":
        return "replay" if setting else None
    return datetime.fromisoformat(setting)

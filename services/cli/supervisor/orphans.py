"""Who runs is written down, so that a start after a killed supervisor ends what it left, and nothing else: a process is
ours if number, time of its start and command line are those that were written down."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

import psutil

from services.cli.supervisor.spec import ProcessSpec

SAME_START_WITHIN_S = 2.0
"""A start time is told from the machine's clock, which may have been set since."""
GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class Record:
    pid: int
    started: float
    argv: tuple[str, ...]
    signal: int

    def living(self) -> psutil.Process | None:
        with suppress(psutil.Error):
            process = psutil.Process(self.pid)
            same_start = abs(process.create_time() - self.started) < SAME_START_WITHIN_S
            if same_start and tuple(process.cmdline()) == self.argv:
                return process
        return None


class Register:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def enter(self, spec: ProcessSpec, pid: int) -> None:
        with suppress(psutil.NoSuchProcess):
            started = psutil.Process(pid).create_time()
            record = {"pid": pid, "started": started, "argv": spec.argv, "signal": int(spec.orphan_signal)}
            self._folder.mkdir(parents=True, exist_ok=True)
            self._path(spec.name).write_text(json.dumps(record))

    def leave(self, spec: ProcessSpec) -> None:
        self._path(spec.name).unlink(missing_ok=True)

    def left(self) -> tuple[str, ...]:
        """Who still runs of those that were written down."""
        records = ((path.stem, record) for path in self._folder.glob("*.json") for record in _read(path))
        return tuple(name for name, record in records if record.living())

    def sweep(self) -> tuple[str, ...]:
        """Ends what an earlier supervisor left running; their names."""
        swept = []
        for path in self._folder.glob("*.json"):
            for record in _read(path):
                if process := record.living():
                    _end(process, Signals(record.signal))
                    swept.append(path.stem)
            path.unlink(missing_ok=True)
        return tuple(swept)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _read(path: Path) -> Iterator[Record]:
    with suppress(ValueError, KeyError, TypeError):  # a start that was cut off while it wrote
        raw = json.loads(path.read_text())
        yield Record(int(raw["pid"]), float(raw["started"]), tuple(raw["argv"]), int(raw["signal"]))


def _end(process: psutil.Process, signal: Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        family = [*process.children(recursive=True), process]
        process.send_signal(signal)
        _, left = psutil.wait_procs(family, timeout=GRACE_S)
        for straggler in left:
            straggler.kill()
        psutil.wait_procs(left, timeout=GRACE_S)

"""The system's one clock, read only where time enters (contract section 10): ingest and control stamp what they
accept, the registry writes ticks. Kept in `$DATA_DIR/clock`: every process and every later start agree."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from shared.contracts.base import rfc3339
from shared.errors import ChokepointError
from shared.settings import ClockSettings

LARGEST_REPLAY_STEP = timedelta(days=400)


class ClockError(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the file holds. `offset` counts from real time; `reached` is the last tick or, on the replay clock, now."""

    mode: Literal["running", "replay"]
    offset: timedelta
    reached: datetime


BEGINNING = datetime.fromtimestamp(0, UTC)


def real_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    def __init__(self, path: Path, state: ClockState) -> None:
        self._path = path
        self._state = state

    @classmethod
    def open(cls, settings: ClockSettings) -> "Clock":
        """Every process opens the clock the same way: the first start with a `CLOCK` fixes its offset, later ones keep
        it, a later instant jumps ahead; time that a tick has reached never comes again."""
        path = settings.data_dir / "clock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path):
            state = _opened(_read(path), settings, real_now())
            _write(path, state)
        return cls(path, state)

    @property
    def replay(self) -> bool:
        return self._state.mode == "replay"

    def now(self) -> datetime:
        if self.replay:
            return self.refresh().reached
        return max(real_now() + self._state.offset, self._state.reached)

    def refresh(self) -> ClockState:
        """Reads what another process has written: on the replay clock, the time that ingest has reached."""
        self._state = _read(self._path) or self._state
        return self._state

    def reach(self, moment: datetime) -> None:
        """Keeps `moment` as reached: a tick, or on the replay clock the newest event's own time. Never backwards."""
        with _locked(self._path):
            state = _read(self._path) or self._state
            if moment > state.reached:
                state = replace(state, reached=moment)
                _write(self._path, state)
            self._state = state


def _opened(kept: ClockState | None, settings: ClockSettings, now: datetime) -> ClockState:
    if settings.clock == "replay":
        if kept and kept.mode != "replay":
            raise ClockError(f"{settings.data_dir} holds a running clock: CLOCK=replay needs a DATA_DIR of its own")
        return kept or ClockState("replay", timedelta(), settings.replay_from)
    if kept and kept.mode == "replay":
        raise ClockError(f"{settings.data_dir} holds a replay clock: set CLOCK=replay or another DATA_DIR")
    if settings.clock is not None:
        offset = max(settings.clock - now, kept.offset) if kept else settings.clock - now
    else:  # real time, unless an earlier start has gone ahead of it
        offset = max(timedelta(), kept.offset) if kept else timedelta()
    reached = kept.reached if kept else BEGINNING
    if reached > now:
        offset = max(offset, reached - now)
    return ClockState("running", offset, reached)


def _read(path: Path) -> ClockState | None:
    try:
        raw = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return ClockState(
        mode=raw["mode"],
        offset=timedelta(seconds=raw["offset_s"]),
        reached=datetime.fromisoformat(raw["reached"]),
    )


def _write(path: Path, state: ClockState) -> None:
    raw = {
        "mode": state.mode,
        "offset_s": state.offset.total_seconds(),
        "reached": rfc3339(state.reached),
    }
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(raw))
    beside.replace(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""Snapshots of folds: a partition's state after everything before an offset, with a hash; the last two are kept."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

KEPT = 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    next_offset: int
    state: bytes


class SnapshotStore:
    """Files `<folder>/<fold>-<version>/<partition>/<offset>.snapshot`: 32 bytes of SHA-256, then the state.

    A fold whose state changes shape counts its version up: older snapshots are left alone, and the log is read."""

    def __init__(self, folder: Path, fold: str, version: int) -> None:
        self._folder = folder / f"{fold}-{version}"

    def newest(self, partition: int) -> Snapshot | None:
        for path in sorted(self._of(partition), reverse=True):
            digest, state = (content := path.read_bytes())[:32], content[32:]
            if hashlib.sha256(state).digest() == digest:
                return Snapshot(int(path.stem), state)
            log.warning("snapshot is damaged: the one before it is used", path=str(path))
        return None

    def write(self, partition: int, snapshot: Snapshot) -> None:
        folder = self._folder / str(partition)
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{snapshot.next_offset:020}.new"
        with beside.open("wb") as file:
            file.write(hashlib.sha256(snapshot.state).digest())
            file.write(snapshot.state)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(beside.with_suffix(".snapshot"))
        for old in sorted(self._of(partition))[:-KEPT]:
            old.unlink(missing_ok=True)

    def _of(self, partition: int) -> list[Path]:
        return list((self._folder / str(partition)).glob("*.snapshot"))

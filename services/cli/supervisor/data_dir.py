"""One run per data directory, from its start to the end of its last process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from services.cli.supervisor.settings import RunSettings
from shared.errors import ChokepointError

LOCK = "run.lock"


class DataDirHeld(ChokepointError):
    pass


@contextmanager
def held_data_dir(settings: RunSettings) -> Iterator[Path]:
    """Where two run at once from one checkout, the second (it has a `PORT_OFFSET`) gets a directory of its own. A run
    that put nothing into its directory leaves none.

    :raises DataDirHeld: another run holds it.
    """
    beside = settings.data_dir.with_name(f"{settings.data_dir.name}-{settings.port_offset}")
    choices = [settings.data_dir]
    if not settings.data_dir_chosen and settings.port_offset:
        choices.append(beside)
    for folder in choices:
        is_new = not folder.exists()
        if (lock := _lock(folder)) is not None:
            try:
                yield folder
            finally:
                with suppress(OSError):
                    _leave_nothing_empty(folder, is_new)
                os.close(lock)
            return
    raise DataDirHeld(
        f"{choices[-1]} is held by a run that is still going (process {_holder(choices[-1])}): "
        "stop that one, or give this one its own: DATA_DIR=other PORT_OFFSET=100 make run"
    )


def _lock(folder: Path) -> int | None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    os.truncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def _leave_nothing_empty(folder: Path, is_new: bool) -> None:
    if [path.name for path in folder.iterdir()] == [LOCK]:
        (folder / LOCK).unlink()
        if is_new:
            folder.rmdir()


def holder(folder: Path) -> str | None:
    """The process of the run that holds it now; none where none does. Makes nothing."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(folder)
    finally:
        os.close(descriptor)
    return None


def _holder(folder: Path) -> str:
    return (folder / LOCK).read_text().strip() or "unknown"

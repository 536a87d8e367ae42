"""What is fetched once for a user and used by every checkout."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def cache_dir(environment: Mapping[str, str]) -> Path:
    if chosen := environment.get("CHOKEPOINT_CACHE_DIR"):
        return Path(chosen).expanduser().resolve()
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "chokepoint"


@contextmanager
def held_by_one(folder: Path) -> Iterator[None]:
    """Two starts at once: the second waits, and finds the work done."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

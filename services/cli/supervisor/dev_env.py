"""`$DATA_DIR/dev.env`: where the running system is and the key to it, for tools and tests. There while it runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "dev.env"


def forget_dev_env(data_dir: Path) -> None:
    """A killed run leaves its file; whoever waits for the next one must not find it."""
    (data_dir / NAME).unlink(missing_ok=True)


@contextmanager
def dev_env(data_dir: Path, url: str, control_url: str, key: str) -> Iterator[None]:
    path = data_dir / NAME
    beside = data_dir / f"{NAME}.part"
    lines = f"CHOKEPOINT_URL={url}\nCHOKEPOINT_CONTROL_URL={control_url}\nCHOKEPOINT_KEY={key}\n"
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(lines)
    beside.replace(path)
    try:
        yield
    finally:
        forget_dev_env(data_dir)

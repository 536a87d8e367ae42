"""`$DATA_DIR/dev.env`: where the running system is and the key to it, for tools and tests. There while it runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def dev_env(data_dir: Path, url: str, control_url: str, key: str) -> Iterator[None]:
    path = data_dir / "dev.env"
    beside = data_dir / "dev.env.new"
    lines = f"CHOKEPOINT_URL={url}\nCHOKEPOINT_CONTROL_URL={control_url}\nCHOKEPOINT_KEY={key}\n"
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(lines)
    beside.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)

"""Secrets of one machine's system: made once, kept in `$DATA_DIR`, readable by their owner alone."""

import base64
import os
import secrets
from pathlib import Path


def kept(path: Path, fresh: str) -> str:
    """What the file holds; `fresh` goes into it where there is none."""
    if path.exists():
        return path.read_text().strip()
    beside = path.with_name(f"{path.name}.part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{fresh}\n")
    beside.replace(path)
    return fresh


def development_key(data_dir: Path) -> str:
    return kept(data_dir / "dev.key", f"ck_dev_{secrets.token_urlsafe(24)}")


def sealing_key(data_dir: Path) -> str:
    """A Fernet key."""
    return kept(data_dir / "sealing.key", base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())


def database_password(data_dir: Path) -> Path:
    path = data_dir / "postgres.password"
    kept(path, secrets.token_urlsafe(24))
    return path

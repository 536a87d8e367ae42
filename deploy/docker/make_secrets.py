"""Secrets for docker-compose.yml, each in a file of its own: made once, kept, never printed. `python3 make_secrets.py`

Containers read the files themselves, under users of their own: the files are readable, the folder is closed."""

import base64
import secrets
from pathlib import Path

PLACE = Path(__file__).parent / "secrets"


def make(place: Path = PLACE) -> list[str]:
    """The names of those that were not there."""
    place.mkdir(mode=0o700, exist_ok=True)
    made: list[str] = []

    def kept(name: str, fresh: str) -> str:
        path = place / name
        if not path.exists():
            path.write_text(f"{fresh}\n")
            path.chmod(0o444)
            made.append(name)
        return path.read_text().strip()

    password = kept("postgres_password", secrets.token_urlsafe(24))
    kept("chokepoint_database_url", f"postgresql+asyncpg://chokepoint:{password}@postgres:5432/chokepoint")
    kept("chokepoint_secret_keys", base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    kept("chokepoint_dev_key", f"ck_dev_{secrets.token_urlsafe(24)}")
    kept("grafana_password", secrets.token_urlsafe(18))
    return made


if __name__ == "__main__":
    for each in make():
        print(f"made {PLACE / each}")  # noqa: T201

import os
from dataclasses import dataclass, field
from pathlib import Path

from shared.errors import ChokepointError

NAMES = ("CHOKEPOINT_URL", "CHOKEPOINT_CONTROL_URL", "CHOKEPOINT_KEY")


class NotConnected(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class Connection:
    """Base URLs (no path, no trailing slash) and the key."""

    url: str
    control_url: str
    key: str = field(repr=False)

    @classmethod
    def find(cls, data_dir: Path) -> "Connection":
        """The environment first, then the `dev.env` that a running system writes into its data directory.

        :raises NotConnected: names what is missing and how to set it.
        """
        from_environment = {name: os.environ[name] for name in NAMES if name in os.environ}
        return cls._of(_dev_env(data_dir / "dev.env") | from_environment, data_dir)

    @classmethod
    def find_in(cls, data_dir: Path) -> "Connection":
        """The `dev.env` of this data directory alone."""
        return cls._of(_dev_env(data_dir / "dev.env"), data_dir)

    @classmethod
    def _of(cls, found: dict[str, str], data_dir: Path) -> "Connection":
        missing = [name for name in NAMES if not found.get(name)]
        if missing:
            raise NotConnected(
                f"{', '.join(missing)} not set, and {data_dir / 'dev.env'} does not give them: "
                "start the system with `make run`, or set them to where it runs"
            )
        url, control_url, key = (found[name] for name in NAMES)
        return cls(url.rstrip("/"), control_url.rstrip("/"), key)


def _dev_env(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)

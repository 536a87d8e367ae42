"""What is looked at: the set-up that `make run` would find in this environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from services.cli.supervisor.data_dir import holder
from services.cli.supervisor.services import POSTGRES_PORT, SERVICES
from services.cli.supervisor.settings import RunSettings
from shared.client import Connection, NotConnected


@dataclass(frozen=True, slots=True)
class Patient:
    settings: RunSettings
    environment: Mapping[str, str] = field(repr=False)
    running: str | None
    """The process of the run that holds the data directory."""
    connection: Connection | None
    """What `dev.env` says."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Patient":
        """:raises SettingWrong: with the setting's name and what it may be."""
        settings = RunSettings.read(environment)
        return cls(settings, environment, holder(settings.data_dir), _connection(settings.data_dir))

    @property
    def data_dir(self) -> Path:
        return self.settings.data_dir

    @property
    def offset(self) -> int:
        """A running system's own, which may have been started with another setting than ours."""
        if self.running and self.connection and (port := urlsplit(self.connection.url).port):
            return port - SERVICES[0].port
        return self.settings.port_offset

    def database_url(self) -> str | None:
        """Where a database can be asked now; none where it only runs along with the system."""
        if self.settings.database_url:
            return self.settings.database_url
        if not self.running:
            return None
        password = (self.data_dir / "postgres.password").read_text().strip()
        return f"postgresql+asyncpg://chokepoint:{password}@127.0.0.1:{POSTGRES_PORT + self.offset}/chokepoint"


def _connection(data_dir: Path) -> Connection | None:
    try:
        return Connection.find_in(data_dir)
    except NotConnected:
        return None

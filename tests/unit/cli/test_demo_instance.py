"""The demo's system is its own, whatever is set for another one."""

from pathlib import Path

from services.cli.demo.instance import own_environment
from services.cli.supervisor.settings import RunSettings


def test_settings_of_another_instance_do_not_reach_it() -> None:
    inherited = {
        "PATH": "/bin",
        "DATA_DIR": "/precious",
        "PORT_OFFSET": "7",
        "CLOCK": "2026-01-01T00:00:00Z",
        "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
        "DATABASE_URL": "postgresql+asyncpg://u:p@host/db",
        "CHOKEPOINT_SEED": "timeline",
        "CHOKEPOINT_WEBHOOK_SECRET": "whsec_x",
        "CHOKEPOINT_CACHE_DIR": "/cache",
    }
    environment = own_environment(inherited, Path("/tmp/demo"), 1_234)  # noqa: S108  # nothing is written
    settings = RunSettings.read(environment)
    assert (settings.data_dir, settings.port_offset, settings.clock) == (Path("/tmp/demo"), 1_234, "replay")  # noqa: S108
    assert (settings.seed, settings.kafka_bootstrap_servers, settings.database_url) == ("none", None, None)
    assert environment["PATH"] == "/bin"
    assert environment["CHOKEPOINT_CACHE_DIR"] == "/cache"
    assert "CHOKEPOINT_WEBHOOK_SECRET" not in environment

"""What is kept in the data directory: secrets for their owner alone, the same at the next start."""

from base64 import urlsafe_b64decode
from pathlib import Path

from services.cli.supervisor.dev_env import dev_env
from services.cli.supervisor.kept_secrets import database_password, development_key, sealing_key


def test_secrets_stay_the_same_between_runs(tmp_path: Path) -> None:
    assert development_key(tmp_path) == development_key(tmp_path)
    assert len(urlsafe_b64decode(sealing_key(tmp_path))) == 32
    assert database_password(tmp_path).read_text() == database_password(tmp_path).read_text()


def test_nobody_else_reads_them(tmp_path: Path) -> None:
    development_key(tmp_path), sealing_key(tmp_path), database_password(tmp_path)
    with dev_env(tmp_path, "http://a", "http://b", "k"):
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_dev_env_is_there_while_the_system_runs(tmp_path: Path) -> None:
    with dev_env(tmp_path, "http://127.0.0.1:8000", "http://127.0.0.1:8001", "k"):
        assert (tmp_path / "dev.env").read_text().splitlines() == [
            "CHOKEPOINT_URL=http://127.0.0.1:8000",
            "CHOKEPOINT_CONTROL_URL=http://127.0.0.1:8001",
            "CHOKEPOINT_KEY=k",
        ]
    assert not (tmp_path / "dev.env").exists()

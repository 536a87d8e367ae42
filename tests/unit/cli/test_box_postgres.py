"""What the database is told."""

import os
from pathlib import Path
from signal import Signals

import pytest

from services.cli.box.postgres import PostgresBox
from services.cli.supervisor.unprivileged import User


@pytest.fixture
def box(tmp_path: Path) -> PostgresBox:
    (tmp_path / "password").write_text("s3cret\n")
    (tmp_path / "postgres").mkdir()
    return PostgresBox(tmp_path / "postgres", 15432, tmp_path / "password")


def test_the_url_is_what_sqlalchemy_takes(box: PostgresBox) -> None:
    assert box.url == "postgresql+asyncpg://chokepoint:s3cret@127.0.0.1:15432/chokepoint"


def test_it_listens_on_this_machine_alone_and_asks_for_a_password(box: PostgresBox) -> None:
    box.lay_out()
    settings = (box.folder / "postgresql.conf").read_text()
    assert "listen_addresses = '127.0.0.1'" in settings
    assert "unix_socket_directories = ''" in settings
    assert "--auth=scram-sha-256" in box.initialise()[0][0].argv


def test_no_statement_and_no_row_stands_in_its_log(box: PostgresBox) -> None:
    box.lay_out()
    settings = (box.folder / "postgresql.conf").read_text()
    assert "log_min_error_statement = 'panic'" in settings
    assert "log_error_verbosity = 'terse'" in settings


def test_the_password_is_on_no_command_line(box: PostgresBox) -> None:
    commands = [box.server(), *(spec for spec, _ in box.initialise())]
    assert not any("s3cret" in word for spec in commands for word in (*spec.argv, *spec.env.values()))


def test_a_lock_file_without_its_server_is_removed(box: PostgresBox) -> None:
    (box.folder / "postmaster.pid").write_text(f"{os.getpid()}\n")
    box.lay_out()
    assert not (box.folder / "postmaster.pid").exists()


def test_it_ends_at_once_and_takes_its_own_children_along(box: PostgresBox) -> None:
    assert box.server().stop_signal == Signals.SIGINT
    assert box.server().orphan_signal == Signals.SIGQUIT


def test_started_by_root_it_runs_as_somebody_else(tmp_path: Path) -> None:
    user = User(65534, 65534, capability=2)
    box = PostgresBox(tmp_path / "postgres", 1, tmp_path / "password", user)
    assert box.server().user == user

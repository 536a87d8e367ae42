"""Started by root, PostgreSQL runs as somebody else, who reaches its files below folders that are closed to others."""

import os
import subprocess
from pathlib import Path
from signal import Signals

import pytest

from services.cli.supervisor.guard import guard
from services.cli.supervisor.unprivileged import unprivileged_user

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    (folder / "file").write_text("words")
    (folder / "file").chmod(0o600)
    return folder


def test_it_is_another_user_for_good(closed: Path) -> None:
    assert _run("id -u; id -ru") == "65534\n65534\n"
    assert _run("cd / && kill -0 1 && echo may || echo may not") == "may not\n"


def test_it_reads_below_closed_folders_and_may_say_so_beforehand(closed: Path) -> None:
    assert _run(f"cat {closed}/file") == "words"
    assert _run(f"test -r {closed}/file && echo readable") == "readable\n", "access(2) has rules of its own"


def test_its_children_do_too(closed: Path) -> None:
    assert _run(f"sh -c 'sh -c \"test -r {closed}/file && cat {closed}/file\"'") == "words"


def _run(command: str) -> str:
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", command],
        preexec_fn=guard(Signals.SIGKILL, unprivileged_user()),  # as the supervisor starts it
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout

"""Brings `.venv` to what requirements.lock says: uv if the machine has none, then every package by checksum."""

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pip_settings import for_uv, read_pip_settings

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / ".installed"
PLACE = VENV / ".place"
OWN_UV = VENV / ".uv"
SITE_PACKAGES = Path("lib") / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
FORM = "1"
"""Changes when this script lays `.venv` out differently."""


class InstallError(Exception):
    pass


def install() -> int:
    """Done already: one file read. Two at once: the second waits for the first, and finds it done."""
    try:
        if _stamped():
            return 0
        with _alone():
            if not _stamped():
                _install()
    except InstallError as error:
        _say(f"{error}")
        return 2
    except KeyboardInterrupt:
        _say("interrupted; the next start goes on from here")
        return 130
    return 0


def _install() -> None:
    began = time.monotonic()
    _discard_if_unfit()
    STAMP.unlink(missing_ok=True)
    _say(f"installing what requirements.lock names into {VENV} (about 1 GB the first time)")
    environment = {**os.environ, **for_uv(os.environ, read_pip_settings(sys.executable))}
    uv = _uv(environment)
    _run(
        [uv, "venv", "--quiet", "--allow-existing", "--no-project", "--python", _interpreter(), str(VENV)], environment
    )
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    sync = [
        uv,
        "pip",
        "sync",
        *quiet,
        "--require-hashes",
        "--no-config",
        "--python",
        str(VENV / "bin/python"),
        str(LOCK),
    ]
    _run(sync, {**environment, "UV_PYTHON_DOWNLOADS": "never"})
    _lay_launcher()
    STAMP.write_text(_wanted())
    _say(f"installed in {time.monotonic() - began:.0f} s")


def _discard_if_unfit() -> None:
    """Made by another Python, or moved with its checkout: scripts in `.venv` name their interpreter by full path."""
    moved = PLACE.exists() and PLACE.read_text() != str(VENV)
    if VENV.exists() and (moved or not (VENV / SITE_PACKAGES).exists()):
        shutil.rmtree(VENV)


def _wanted() -> str:
    return hashlib.sha256(b"\0".join([FORM.encode(), os.fsencode(VENV), LOCK.read_bytes()])).hexdigest()


def _stamped() -> bool:
    try:
        return STAMP.read_text() == _wanted() and (VENV / "bin/python").exists()
    except FileNotFoundError:
        return False


@contextmanager
def _alone() -> Iterator[None]:
    folder = ROOT / ".cache"
    folder.mkdir(exist_ok=True)
    with (folder / "install.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("another start is installing; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _interpreter() -> str:
    return getattr(sys, "_base_executable", None) or sys.executable


def _uv(environment: Mapping[str, str]) -> str:
    """The machine's own uv, or the pinned one, kept inside `.venv` where nothing else sees it."""
    for candidate in ("uv", str(OWN_UV / "bin/uv")):
        if _works([candidate, "pip", "sync", "--help"], environment):
            return candidate
    _say("no uv on this machine: fetching it")
    python = _with_pip(environment)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    # the user's own index, proxy and certificates count; a wish for user-wide or virtual-environment installs does not
    into = ["--only-binary", ":all:", "--upgrade", "--target", str(OWN_UV), "-r", str(HERE / "uv.txt")]
    _run(
        [*pip, *into], {**environment, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_ROOT_USER_ACTION": "ignore"}
    )
    return str(OWN_UV / "bin/uv")


def _with_pip(environment: Mapping[str, str]) -> str:
    if _works([sys.executable, "-m", "pip", "--version"], environment):
        return sys.executable
    seed = VENV / ".pip"
    if _works([sys.executable, "-m", "venv", "--clear", str(seed)], environment):
        return str(seed / "bin/python")
    raise InstallError(
        f"{sys.executable} has neither pip nor venv, and there is no uv. Install one of them "
        "(Debian, Ubuntu: apt-get install python3-venv; Fedora: dnf install python3-pip), then start again."
    )


def _lay_launcher() -> None:
    """Makes `services` and `shared` importable from anywhere, and `.venv/bin/chokepoint` the command line."""
    (VENV / SITE_PACKAGES / "chokepoint.pth").write_text(f"{ROOT}\n")
    launcher = VENV / "bin/chokepoint"
    beside = launcher.with_suffix(".new")
    # a shell line, not #!python: an interpreter's path with a space in it cannot stand there
    beside.write_text(f'#!/bin/sh\nexec {shlex.quote(str(VENV / "bin/python"))} -P -m services.cli "$@"\n')
    beside.chmod(0o755)
    beside.replace(launcher)


def _works(command: list[str], environment: Mapping[str, str]) -> bool:
    try:
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    if subprocess.run(command, env=environment, check=False, stdout=sys.stderr).returncode != 0:  # noqa: S603
        raise InstallError(
            f"installing failed; the words of {Path(command[0]).name} stand above. "
            "It needs a network: behind a proxy set HTTPS_PROXY, for your own index PIP_INDEX_URL, for your own "
            "certificates SSL_CERT_FILE. Then start again; what is there is kept."
        )


def _say(words: str) -> None:
    sys.stderr.write(f"chokepoint: {words}\n")

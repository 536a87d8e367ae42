"""Kafka's jars, each pinned by its sha256 in deploy/kafka/jars.sha256."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.cli.box.cache import held_by_one
from services.cli.supervisor.output import Report
from shared.errors import ChokepointError

PINS = Path(__file__).parents[3] / "deploy" / "kafka" / "jars.sha256"


class JarError(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class Pin:
    sha256: str
    group: str
    artifact: str
    version: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def read_pins(path: Path = PINS) -> tuple[Pin, ...]:
    lines = (line.split("#")[0].split() for line in path.read_text().splitlines())
    return tuple(Pin(sha256, *coordinate.split(":")) for sha256, coordinate in filter(None, lines))


def class_path(pins: Sequence[Pin], folder: Path) -> tuple[Path, ...]:
    return tuple(folder / pin.filename for pin in pins)


def ensure_jars(pins: Sequence[Pin], folder: Path, report: Report) -> None:
    """Fetches what is missing, one after the other: that is faster than several at once wherever we measured it.

    :raises JarError: what was fetched is not what was pinned, or nothing could be fetched.
    """
    if all(jar.exists() for jar in class_path(pins, folder)):
        return
    with held_by_one(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as scratch:
        fetch = _fetcher(Path(scratch))
        for done, pin in enumerate(pins):
            report(pin.filename, done, len(pins))
            if not (folder / pin.filename).exists():
                _admit(fetch(pin), pin).replace(folder / pin.filename)
        report("", len(pins), len(pins))


def _admit(jar: Path, pin: Pin) -> Path:
    found = hashlib.sha256(jar.read_bytes()).hexdigest()
    if found != pin.sha256:
        raise JarError(
            f"{pin.filename} is not the jar that was pinned: sha256 {found}, expected {pin.sha256} ({PINS}). "
            "Nothing of it was kept. A proxy or mirror serves another file: start again without it, or ask who runs it."
        )
    return jar


def _fetcher(scratch: Path) -> Callable[[Pin], Path]:
    # imported where something is missing only: it takes 0.2 s; its resolver is not used, as that wants a Java first
    from jgo.config import GlobalSettings  # noqa: PLC0415
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    _trust_what_pip_trusts(os.environ)
    context = MavenContext(resolver=PythonResolver(), repo_cache=scratch, timeout=60)
    context.remote_repos.update(GlobalSettings.load().repositories)  # the user's own mirrors, from jgo.conf

    def fetch(pin: Pin) -> Path:
        try:
            return Path(context.project(pin.group, pin.artifact).at_version(pin.version).artifact().resolve())
        except (OSError, RuntimeError) as error:
            raise JarError(
                f"{pin.filename} could not be fetched: {type(error).__name__}. It needs a network (behind a proxy "
                "HTTPS_PROXY, for your own certificates SSL_CERT_FILE); start again, what is there is kept. "
                "With KAFKA_BOOTSTRAP_SERVERS=host:port an existing cluster is used and nothing is fetched."
            ) from error

    return fetch


def _trust_what_pip_trusts(environment: Mapping[str, str]) -> None:
    known = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    other = environment.get("SSL_CERT_FILE") or environment.get("PIP_CERT")
    if other and not any(environment.get(name) for name in known):
        os.environ["REQUESTS_CA_BUNDLE"] = other

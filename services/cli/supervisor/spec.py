from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from services.cli.supervisor.unprivileged import User


@dataclass(frozen=True, slots=True)
class Listens:
    """Ready when somebody takes connections there."""

    port: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Ready when this URL on 127.0.0.1 answers 200; what else it answers is the reason why not."""

    port: int
    path: str = "/readyz"


@dataclass(frozen=True, slots=True)
class Succeeds:
    """Ready when this command ends with 0."""

    argv: tuple[str, ...]


Probe = Listens | Answers | Succeeds


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    """The whole environment."""
    cwd: Path
    ready: Probe
    live: Probe | None = None
    """Asked as long as it runs: one that fails it for long is ended, and started again."""
    stop_signal: Signals = Signals.SIGTERM
    grace_s: float = 5.0
    """How long it may take to end before it is killed."""
    orphan_signal: Signals = Signals.SIGKILL
    """What it gets when the supervisor is gone."""
    user: User | None = None
    """Who it runs as; none: who we are."""

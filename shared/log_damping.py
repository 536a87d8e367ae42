"""Libraries that try again write the same line again, many times a second while a broker is away. One line of each kind
is let through in a while, with the number of those that were held back; what usually passes by itself is no error until
it has lasted."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

VARYING = re.compile(r"0x[0-9a-f]+|\d+")
"""Addresses, node and request numbers: with others it is still the same line."""

PASSING = (
    # the broker makes the topic of groups when the first group asks for it
    "Group Coordinator Request failed: [Error 15]",
    # the broker is away or starts anew: aiokafka tries again until it is back
    "Unable connect to ",
    "Unable to request metadata from ",
    "Unable to update metadata from ",
    "Group Coordinator Request failed: NodeNotReadyError",
    "Group Coordinator Request failed: KafkaConnectionError",
    "Error sending ",
    "Marking the coordinator dead ",
    "Heartbeat session expired",
    "Heartbeat send request failed",
    "Heartbeat failed for group ",
    "Heartbeat failed: local member_id was not recognized",
    "Failed fetch messages from ",
    "Failed fetch offsets from ",
    "Cannot send ",
    "Could not send ",
    "LeaveGroup request failed",
    "OffsetCommit failed for group ",
    "Got error produce response",
)
"""How the lines begin that are worth a word only if they go on."""


@dataclass(frozen=True, slots=True)
class DampingPolicy:
    first_wait_s: float = 10.0
    longest_wait_s: float = 300.0
    """Each wait until the next line of a kind is twice the one before."""
    passing_for_s: float = 15.0
    """So long a passing condition is information; after that it counts for what the library calls it."""
    over_after_s: float = 60.0
    """Silence after which the same line begins a new story."""
    kinds: int = 500
    """Kept apart at most; beyond, all are forgotten."""


@dataclass(frozen=True, slots=True)
class Run:
    """One kind of line, from its first time."""

    began: float
    seen: float
    next: float
    """When the next one is told."""
    wait_s: float
    held_back: int = 0


class Damper:
    """What is told of lines that repeat themselves."""

    def __init__(self, policy: DampingPolicy = DampingPolicy()) -> None:
        self._policy = policy
        self._runs: dict[tuple[str, str], Run] = {}

    def told(self, kind: tuple[str, str], now: float) -> tuple[Run, bool]:
        """The run that the line belongs to, as it was before it is told, and whether it is."""
        run = self._runs.get(kind)
        if run is None or now - run.seen > self._policy.over_after_s:
            if len(self._runs) >= self._policy.kinds:
                self._runs.clear()
            wait_s = self._policy.first_wait_s
            run = self._runs[kind] = Run(now, now, now + wait_s, wait_s)
            return run, True
        if now < run.next:
            self._runs[kind] = replace(run, seen=now, held_back=run.held_back + 1)
            return run, False
        wait_s = min(2 * run.wait_s, self._policy.longest_wait_s)
        self._runs[kind] = Run(run.began, now, now + wait_s, wait_s)
        return run, True


class DampingFilter(logging.Filter):
    """For the handler. Our own lines pass as they are: they are written with care."""

    def __init__(self, policy: DampingPolicy = DampingPolicy(), clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._policy = policy
        self._clock = clock
        self._damper = Damper(policy)

    def filter(self, record: logging.LogRecord) -> bool:
        if not isinstance(record.msg, str):  # structlog's
            return True
        message = record.getMessage()
        now = self._clock()
        run, told = self._damper.told((record.name, VARYING.sub("#", message)), now)
        if told:
            if message.startswith(PASSING) and now - run.began < self._policy.passing_for_s:
                record.levelno, record.levelname = logging.INFO, "INFO"
            if run.held_back:
                record.msg, record.args = f"{message} ({run.held_back} more like it were held back)", None
        return told

"""Every port is looked at before anything starts: a taken one is named, with who holds it and what moves it."""

import socket
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

import psutil

from shared.errors import ChokepointError

STEP = 100


class PortTaken(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class Port:
    number: int
    purpose: str
    """Whose it is: a service's name, `kafka`, …"""


def ensure_free(ports: Sequence[Port], offset: int, largest_offset: int) -> None:
    """:raises PortTaken: names every port that is taken."""
    taken = [port for port in ports if not is_free(port.number)]
    if not taken:
        return
    lines = [f"port {port.number} ({port.purpose}) is taken{by_whom(port.number)}" for port in taken]
    raise PortTaken("\n".join([*lines, what_moves(ports, offset, largest_offset)]))


def what_moves(ports: Sequence[Port], offset: int, largest_offset: int) -> str:
    free = _free_offset(ports, offset, largest_offset)
    return f"free it, or move every port: PORT_OFFSET={free} make run" if free else "free it, or set PORT_OFFSET"


def is_free(number: int) -> bool:
    with closing(socket.socket()) as probe:
        # as the servers bind: a connection that has just ended is no obstacle
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def _free_offset(ports: Sequence[Port], offset: int, largest: int) -> int | None:
    bases = [port.number - offset for port in ports]
    candidates = range(offset + STEP, largest + 1, STEP)
    return next((to for to in candidates if all(is_free(base + to) for base in bases)), None)


def by_whom(number: int) -> str:
    with suppress(psutil.Error):  # somebody else's processes may be hidden from us
        if holder := holder_of(number):
            return f" by process {holder.pid}, {_described(holder)}"
    return ""


def holder_of(number: int) -> psutil.Process | None:
    """Who listens there; none where nobody does or we may not know."""
    with suppress(psutil.Error):
        for held in psutil.net_connections("tcp"):
            if held.laddr and held.laddr.port == number and held.status == psutil.CONN_LISTEN and held.pid:
                return psutil.Process(held.pid)
    return None


def _described(process: psutil.Process) -> str:
    words = " ".join(process.cmdline()) or process.name()
    return words if len(words) <= 80 else f"{words[:79]}…"

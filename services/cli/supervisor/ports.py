"""Every port is looked at before anything starts: a taken one is named, with who holds it and what moves it."""

import socket
from collections.abc import Sequence
from contextlib import closing
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
    lines = [f"port {port.number} ({port.purpose}) is taken{_by_whom(port.number)}" for port in taken]
    free = _free_offset(ports, offset, largest_offset)
    advice = f"free it, or move every port: PORT_OFFSET={free} make run" if free else "free it, or set PORT_OFFSET"
    raise PortTaken("\n".join([*lines, advice]))


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


def _by_whom(number: int) -> str:
    try:
        for held in psutil.net_connections("tcp"):
            if held.laddr and held.laddr.port == number and held.status == psutil.CONN_LISTEN and held.pid:
                return f" by process {held.pid}, {_described(psutil.Process(held.pid))}"
    except psutil.Error:
        pass  # somebody else's processes may be hidden from us
    return ""


def _described(process: psutil.Process) -> str:
    words = " ".join(process.cmdline()) or process.name()
    return words if len(words) <= 80 else f"{words[:79]}…"

import socket
from contextlib import ExitStack


def free_ports(count: int) -> tuple[int, ...]:
    """Ports on 127.0.0.1 that nobody held a moment ago."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return tuple(int(each.getsockname()[1]) for each in sockets)

import asyncio
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from services.cli.answering import Manners
from services.cli.exit_codes import Exit
from services.cli.listen_view import View
from services.cli.receiver import receiver
from services.cli.sample import SAMPLE
from shared.client import Client, Connection
from shared.contracts.endpoints import EndpointConfig
from shared.errors import ChokepointError


def listen_for(
    secrets: Sequence[str],
    port: int,
    customer: str | None,
    data_dir: Path,
    *,
    sample: bool,
    manners: Manners,
    view: View,
) -> int:
    """:raises ChokepointError: there is nothing to verify with, or the port is taken."""
    if not secrets and not customer:
        raise ChokepointError(
            "nothing to verify with: give --secret whsec_…, or --customer or --sample to register here"
        )
    with _bound(port) as listening, ExitStack() as registered:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        if customer is not None:
            client = registered.enter_context(Client(Connection.find(data_dir)))
            if sample:
                client.put_customer(customer, SAMPLE)
            endpoint = client.create_endpoint(EndpointConfig(customer_id=customer, url=url, min_severity="info"))
            registered.callback(client.delete_endpoint, endpoint.id)
            secrets = [endpoint.secret, *secrets]
        unverified: list[str] = []

        def refuse(message_id: str) -> None:
            unverified.append(message_id)
            view.refused(message_id)

        app = receiver(secrets, view.verified, refuse, manners)
        view.begins(url, customer, manners)
        asyncio.run(_until_interrupted(app, listening))
    return Exit.NOT_SO if unverified else Exit.DONE


async def _until_interrupted(app: ASGIApp, listening: socket.socket) -> None:
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2))
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, server.end)
    await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # a second signal would otherwise be raised again after the endpoint was removed

    def end(self) -> None:
        self.should_exit = True


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            raise ChokepointError(f"port {port} is taken ({error.strerror}): give another with --port") from error
        yield listening

import asyncio
import json
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.text import Text
from starlette.types import ASGIApp

from services.cli.answering import Manners
from services.cli.exit_codes import Exit
from services.cli.receiver import Received, receiver, unverified_line
from services.cli.webhook_view import shown
from shared.client import Client, Connection
from shared.contracts.customers import CustomerProfile, Exposure
from shared.contracts.endpoints import EndpointConfig
from shared.errors import ChokepointError

SAMPLE = CustomerProfile(
    name="Sample Motors",
    sector="electric vehicles",
    end_use="civil",
    destination="DE",
    exposures=(
        Exposure(
            material="terbium",
            annual_demand_kg=1_200,
            origins={"CN": 0.9, "MY": 0.1},
            suppliers=("JL Mag Rare-Earth",),
            inventory_days=45,
            substitutability=0.1,
            revenue_share=0.4,
        ),
        Exposure(
            material="dysprosium",
            annual_demand_kg=9_000,
            origins={"CN": 0.95},
            inventory_days=60,
            substitutability=0.2,
            revenue_share=0.6,
        ),
    ),
)


def listen_for(
    secrets: Sequence[str],
    port: int,
    customer: str | None,
    data_dir: Path,
    *,
    sample: bool,
    as_json: bool,
    manners: Manners,
) -> int:
    if not secrets and not customer:
        raise ChokepointError(
            "nothing to verify with: give --secret whsec_…, or --customer or --sample to register here"
        )
    with _bound(port) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        if customer is None:
            return _serve(secrets, url, listening, manners, as_json=as_json)
        with Client(Connection.find(data_dir)) as client:
            if sample:
                client.put_customer(customer, SAMPLE)
            endpoint = client.create_endpoint(EndpointConfig(customer_id=customer, url=url, min_severity="info"))
            try:
                return _serve([endpoint.secret, *secrets], url, listening, manners, as_json=as_json, customer=customer)
            finally:
                client.delete_endpoint(endpoint.id)


def _serve(
    secrets: Sequence[str],
    url: str,
    listening: socket.socket,
    manners: Manners,
    *,
    as_json: bool,
    customer: str | None = None,
) -> int:
    console, complaints = Console(), Console(stderr=True)
    unverified: list[str] = []
    if as_json:
        console.out(json.dumps({"listening": url, "customer": customer}), highlight=False)
    else:
        whose = f" for customer [bold]{customer}[/]" if customer else ""
        how = f"; on purpose it [yellow]{words}[/]" if (words := manners.in_words()) else ""
        console.print(f"listening at [cyan]{url}[/]{whose}{how}; Ctrl-C ends")

    def show(received: Received) -> None:
        if as_json:
            console.out(received.as_line(), highlight=False)
        else:
            console.print(shown(received))

    def refuse(message_id: str) -> None:
        unverified.append(message_id)
        if as_json:
            console.out(unverified_line(message_id), highlight=False)
        complaints.print(Text.assemble(("refused", "bold red"), f" {message_id}: no secret given here verifies it"))

    asyncio.run(_until_interrupted(receiver(secrets, show, refuse, manners), listening))
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

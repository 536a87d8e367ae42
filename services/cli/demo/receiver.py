"""The receiver, a process of its own: an endpoint for each buyer, each with its own secret. It says where it listens,
reads the secrets from its standard input, and writes a line for every request until that input ends."""

import asyncio
import json
import socket
import sys
from collections.abc import Callable
from contextlib import closing

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.routing import Mount

from services.cli.demo.told import Line
from services.cli.receiver import Received, receiver
from shared.contracts.alerts import AlertData
from shared.contracts.base import to_json


def app(secrets: dict[str, str], write: Callable[[Line], None]) -> Starlette:
    """`secrets`: customer → whsec_…; whatever is sent to one customer's path must verify with its own."""
    return Starlette(routes=[_endpoint(customer, secret, write) for customer, secret in secrets.items()])


def _endpoint(customer: str, secret: str, write: Callable[[Line], None]) -> Mount:
    def verified(message: Received) -> None:
        try:
            data = AlertData.model_validate(message.body["data"])
        except ValidationError:
            data = None  # of another type: endpoint.test
        write(
            Line(
                endpoint=customer,
                webhook_id=message.message_id,
                verified=True,
                type=str(message.body["type"]),
                timestamp=message.body["timestamp"],
                data=data,
            )
        )

    def refused(message_id: str) -> None:
        write(Line(endpoint=customer, webhook_id=message_id, verified=False))

    return Mount(f"/{customer}", receiver([secret], verified, refused))


def main() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        _say(f"http://127.0.0.1:{listening.getsockname()[1]}".encode())
        if not (given := sys.stdin.readline()):
            return  # whoever started us has thought better of it
        secrets = json.loads(given)
        _say(b"ready")
        asyncio.run(_serve(app(secrets, lambda line: _say(to_json(line))), listening))


async def _serve(endpoints: Starlette, listening: socket.socket) -> None:
    server = uvicorn.Server(uvicorn.Config(endpoints, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    # whoever started us has ended, or wants us to
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

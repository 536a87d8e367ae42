"""HTTP inside a service's own event loop: its API, and what watches the process (`/metrics`, `/livez`, `/readyz`)."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shared.metrics import READY
from shared.settings import ServiceSettings

OPS = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked for all the time, by machines."""
Check = Callable[[], str | None]
"""Why not; none: all is well."""


def ops_routes(*, live: Sequence[Check], ready: Sequence[Check], worse: Sequence[Check] = ()) -> list[Route]:
    """Every process serves these three. 503 carries the reason, a line each. `worse`: why it does its work, and less
    well than it could: told beside `ok`."""
    READY.set_function(lambda: float(not any(check() for check in (*live, *ready))))

    async def livez(_: Request) -> Response:
        return _answer(live)

    async def readyz(_: Request) -> Response:
        return _answer([*live, *ready], worse)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)]


def ops_app(*, live: Sequence[Check], ready: Sequence[Check]) -> Starlette:
    return Starlette(routes=ops_routes(live=live, ready=ready))


def _answer(checks: Sequence[Check], worse: Sequence[Check] = ()) -> Response:
    if reasons := _told(checks):
        return PlainTextResponse("\n".join(reasons), status_code=503)
    return PlainTextResponse("\n".join(["ok", *(f"degraded: {reason}" for reason in _told(worse))]))


def _told(checks: Sequence[Check]) -> list[str]:
    return [reason for check in checks if (reason := check())]


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are the service's (shared/service.py)


async def serve(app: ASGIApp, settings: ServiceSettings, stopping: asyncio.Event) -> None:
    """Serves until `stopping` is set, then lets open requests end (5 s at most)."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    waiting.cancel()
    await running

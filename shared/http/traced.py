"""A request and its trace: a sender's goes on, or one begins; whatever is done for the request knows it."""

from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.server import OPS
from shared.tracing.context import current, read
from shared.tracing.spans import Attributes, Span, begin, recording

FAILED_FROM = 500


class Traced:
    """Stands in front of everything. `plain`: paths that are answered without a router, and are routes themselves."""

    def __init__(self, app: ASGIApp, plain: Collection[str] = ()) -> None:
        self._app = app
        self._plain = frozenset(plain)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPS:
            return await self._app(scope, receive, send)
        span = begin(scope["method"], read(_header(scope)), "server")
        before = current.set(span.traceparent)
        try:
            await (self._recorded(span, scope, receive, send) if recording() else self._app(scope, receive, send))
        finally:
            current.reset(before)

    async def _recorded(self, span: Span, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        failure = None
        try:
            await self._app(scope, receive, sent)
        except BaseException as error:
            failure = type(error).__name__
            raise
        finally:
            failure = failure or (f"status {status}" if status >= FAILED_FROM else None)
            route, method = self._route(scope), scope["method"]
            about = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
            span.end({**about, **_noted(scope)}, name=f"{method} {route}".strip(), failure=failure)

    def _route(self, scope: Scope) -> str:
        """The path with its parameters' names; empty where there is no such route. Routers know it, each in its way."""
        path = str(scope["path"])
        if "endpoint" not in scope:
            return path if path in self._plain else ""
        for name, value in reversed(scope.get("path_params", {}).items()):
            before, found, after = path.rpartition(f"/{value}")
            path = f"{before}/{{{name}}}{after}" if found else path
        return path


def note(scope: Scope, attributes: Attributes) -> None:
    """For the span of the request, where one is recorded."""
    scope.setdefault("state", {}).setdefault("noted", {}).update(attributes)


def _noted(scope: Scope) -> Attributes:
    noted: Attributes = scope.get("state", {}).get("noted", {})
    return noted


def _header(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

_WITH_BODY = ("POST", "PUT", "PATCH")


class JsonBodies:
    """Middleware: every body of this API is JSON, whatever the sender's tool calls it (`curl -d`: a form), but for
    those to the paths `other`."""

    def __init__(self, app: ASGIApp, other: Collection[str] = ()) -> None:
        self._app = app
        self._other = frozenset(other)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in _WITH_BODY and scope["path"] not in self._other:
            MutableHeaders(scope=scope)["content-type"] = "application/json"
        await self._app(scope, receive, send)

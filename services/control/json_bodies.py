from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send


class JsonBodies:
    """Middleware: every body of this API is JSON, whatever the sender's tool calls it (`curl -d`: a form)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("POST", "PUT", "PATCH"):
            MutableHeaders(scope=scope)["content-type"] = "application/json"
        await self._app(scope, receive, send)

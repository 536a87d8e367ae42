"""The last resort: what nobody has caught is answered as a problem and told once in the log, under one id."""

import traceback
from secrets import token_hex

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import unexpected

log = structlog.get_logger(__name__)


class AnswerUnexpected:
    """Stands in front of everything. Neither answer nor log repeats what the error says: it may hold what was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception as error:
            if begun:
                raise  # all that is left is to cut the connection
            request_id = _trace_of(scope) or token_hex(16)
            log.error(  # noqa: TRY400  # see above
                "unexpected error",
                method=scope["method"],
                path=scope["path"],
                request_id=request_id,
                error=type(error).__name__,
                at=_places(error),
            )
            await unexpected(request_id).response()(scope, receive, send)


def _trace_of(scope: Scope) -> str | None:
    """The caller's own trace id, where it sent one."""
    parts = Headers(scope=scope).get("traceparent", "").split("-")
    known = len(parts) >= 4 and len(parts[1]) == 32 and set(parts[1]) <= set("0123456789abcdef")
    return parts[1] if known else None


def _places(error: Exception) -> list[str]:
    """The innermost last."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-5:]]

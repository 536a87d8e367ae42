"""The last resort: what nobody has caught is answered as a problem and told once in the log, under one id."""

import traceback

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import unexpected
from shared.tracing.context import here, trace_id

log = structlog.get_logger(__name__)


class AnswerUnexpected:
    """Stands in front of everything but the trace, by whose id answer and log are found. Neither repeats what the error
    says: it may hold what was sent."""

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
            request_id = trace_id(here())
            log.error(  # noqa: TRY400  # see above
                "unexpected error",
                method=scope["method"],
                path=scope["path"],
                request_id=request_id,
                error=type(error).__name__,
                at=_places(error),
            )
            await unexpected(request_id).response()(scope, receive, send)


def _places(error: Exception) -> list[str]:
    """The innermost last."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-5:]]

"""How much of a body is read: by Content-Length before the first byte, else by counting."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import Problem, field_errors, invalid

STALLED_AFTER_S = 30.0
Model = TypeVar("Model", bound=BaseModel)


class ClientGone(Exception):
    """The connection closed before the body ended: there is nobody to answer."""


def too_large(limit: int) -> Problem:
    message = f"larger than {limit:,} bytes: send less at a time"
    return Problem(413, f"the body is {message}", errors=[{"loc": "body", "message": message}])


def refuse_declared(headers: Headers, limit: int) -> None:
    """:raises Problem: 413, where Content-Length is beyond the limit."""
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)


async def chunks(receive: Receive, limit: int) -> AsyncIterator[bytes]:
    """:raises Problem: 413, with the byte that passes the limit; 408, where nothing comes for 30 s; ClientGone."""
    taken, more = 0, True
    while more:
        message = await _next(receive)
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        taken += len(chunk)
        if taken > limit:
            raise too_large(limit)
        yield chunk


async def _next(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(STALLED_AFTER_S):
            return await receive()
    except TimeoutError:
        raise Problem(408, f"nothing of the body came for {STALLED_AFTER_S:.0f} s") from None


async def read_whole(receive: Receive, limit: int) -> bytes:
    parts = [chunk async for chunk in chunks(receive, limit)]
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def read_model(request: Request, model: type[Model], limit: int) -> Model:
    """:raises Problem: 413, 408; 422 with every field that is not as it must be."""
    refuse_declared(request.headers, limit)
    try:
        return model.model_validate_json(await read_whole(request.receive, limit))
    except ValidationError as error:
        raise invalid(field_errors(error.errors(include_url=False), "body")) from None


class LimitedBody:
    """Middleware: no route behind it reads more than `limit`, or than `larger` says for its path. Stands inside the
    handlers of `speak_problems`, as what it raises while a body is read is theirs to answer."""

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        limit = self._larger.get(scope["path"], self._limit)
        try:
            refuse_declared(Headers(scope=scope), limit)
        except Problem as problem:
            return await problem.response()(scope, receive, send)
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise too_large(limit)
            return message

        return await self._app(scope, counted, send)

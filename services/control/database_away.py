from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.requests import Request
from starlette.responses import Response

from shared.http.problems import unavailable


def speak_of_the_database(app: FastAPI) -> None:
    """A database that is away, or has no connection left, is a 503: the same request may work in a moment."""
    for kind in (OSError, DBAPIError, PoolExhausted):
        app.add_exception_handler(kind, _away)


async def _away(_: Request, error: Exception) -> Response:
    if isinstance(error, DBAPIError) and not error.connection_invalidated:
        raise error  # the statement is at fault, and that is ours
    return unavailable("the database does not answer").response()

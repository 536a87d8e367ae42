import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from shared.database import DatabaseUnavailable
from shared.http.problems import Problem, unavailable

WITHIN_S = 2.5
"""What a statement of a request may take, and its wait for a connection: an answer comes within 5 s."""
LOOK_EVERY_S = 2.0
AWAY = "the database does not answer"
FAILURES = (OSError, DBAPIError, PoolExhausted)
"""What a statement ends with where the database is away, or has no connection left."""


class DatabaseWatch:
    """For readiness: one that is frozen accepts connections and says nothing."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._away: str | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with self._engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))
                self._away = None
            except FAILURES:
                self._away = AWAY
            await asyncio.sleep(LOOK_EVERY_S)

    def unready(self) -> str | None:
        return self._away


@contextlib.asynccontextmanager
async def loss_told() -> AsyncIterator[None]:
    """Work of the background that loses the database ends the process in a few words: started again, it goes on where
    the rows stand."""
    try:
        yield
    except ExceptionGroup as group:
        lost, other = group.split(_is_loss)
        if lost is None or other is not None:
            raise
        raise DatabaseUnavailable(AWAY) from group


def _is_loss(error: BaseException) -> bool:
    return isinstance(error, ConnectionError) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def speak_of_the_database(app: FastAPI) -> None:
    """A database that is away, or has no connection left, is a 503: the same request may work in a moment."""
    for kind in FAILURES:
        app.add_exception_handler(kind, _away)


async def _away(_: Request, error: Exception) -> Response:
    return away(error).response()


def away(error: Exception, **members: object) -> Problem:
    """For one of `FAILURES`."""
    if isinstance(error, DBAPIError) and not error.connection_invalidated:
        raise error  # the statement is at fault, and that is ours
    problem = unavailable(AWAY)
    problem.members |= members
    return problem

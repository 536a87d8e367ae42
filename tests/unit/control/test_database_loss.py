"""Control ends in a few words where its database is gone, and with a traceback where the fault is ours."""

import asyncio

import pytest
from sqlalchemy.exc import DBAPIError

from services.control.database_away import AWAY, loss_told
from shared.database import DatabaseUnavailable


def failed(*, invalidated: bool) -> DBAPIError:
    return DBAPIError("SELECT 1", None, Exception("…"), connection_invalidated=invalidated)


async def works_that_end_by(*errors: Exception) -> None:
    async def work(error: Exception) -> None:
        raise error

    async with loss_told(), asyncio.TaskGroup() as tasks:
        for error in errors:
            tasks.create_task(work(error))


async def test_refused_or_broken_it_is_the_database_that_does_not_answer() -> None:
    with pytest.raises(DatabaseUnavailable, match=AWAY):
        await works_that_end_by(ConnectionRefusedError("111"), failed(invalidated=True))


@pytest.mark.parametrize("ours", [failed(invalidated=False), OSError("no space left"), KeyError("x")])
async def test_whatever_else_is_wrong_is_not_hidden_behind_it(ours: Exception) -> None:
    with pytest.raises(ExceptionGroup) as told:
        await works_that_end_by(ConnectionRefusedError("111"), ours)
    assert ours in told.value.exceptions

"""How the inbox takes leave of its database."""

import asyncio

import pytest
from pydantic import SecretStr

from services.dispatcher.database import DatabaseUnavailable
from services.dispatcher.store import Store
from shared.settings import DatabaseSettings


class Frozen:
    """A connection to a database that takes statements and says nothing."""

    terminated = False

    async def close(self) -> None:
        await asyncio.sleep(60)

    def terminate(self) -> None:
        self.terminated = True


async def test_what_ends_it_is_told_at_once_though_the_database_says_nothing_any_more() -> None:
    connection, settings = Frozen(), DatabaseSettings(database_url=SecretStr("postgresql+asyncpg://nowhere"))
    with pytest.raises(DatabaseUnavailable, match="broke"):
        async with asyncio.timeout(1), Store(settings, connection, "0"):
            raise DatabaseUnavailable("the connection to the database broke")
    assert connection.terminated

"""Of much, the first is shown and the rest counted."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

MOST = 50


async def more(connection: AsyncConnection, statement: Select[Any], shown: int) -> int:
    if shown < MOST:
        return 0
    count: int = await connection.scalar(select(func.count()).select_from(statement.subquery())) or 0
    return count - shown

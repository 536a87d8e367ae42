"""Lists: `limit`, and a cursor that says after which row to go on. It holds values of the columns that the list is
ordered by: rows that come and go meanwhile move nobody's page."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Row, Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.http.problems import invalid

LARGEST_PAGE = 500
Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    limit: int
    cursor: str | None

    async def rows(
        self,
        connection: AsyncConnection,
        statement: Select[Any],
        *order: ColumnElement[Any],
        newest_first: bool = False,
    ) -> Sequence[Row[Any]]:
        """One more than asked for, if there is: `page` sees by it that there is a next page."""
        ordered = [column.desc() if newest_first else column.asc() for column in order]
        statement = self.after(statement, *order, newest_first=newest_first).order_by(*ordered).limit(self.limit + 1)
        found: Sequence[Row[Any]] = (await connection.execute(statement)).all()
        return found

    def after(self, statement: Select[Any], *order: ColumnElement[Any], newest_first: bool = False) -> Select[Any]:
        if self.cursor is None:
            return statement
        here, there = tuple_(*order), tuple_(*(literal(value) for value in _read(self.cursor, order)))
        return statement.where(here < there if newest_first else here > there)

    def page(self, rows: Sequence[Row[Any]], *order: str, item: Callable[[Row[Any]], bytes]) -> Response:
        """`item` gives each row's JSON."""
        shown = rows[: self.limit]
        cursor = write_cursor([getattr(shown[-1], name) for name in order]) if len(rows) > self.limit else None
        return page_of([item(row) for row in shown], cursor)


async def _asked(limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50, cursor: str | None = None) -> Asked:
    return Asked(limit, cursor)


PageAsked = Annotated[Asked, Depends(_asked)]


def page_of(items: Sequence[bytes], next_cursor: str | None = None) -> Response:
    body = b'{"items":[' + b",".join(items) + b'],"next_cursor":' + orjson.dumps(next_cursor) + b"}"
    return Response(body, media_type="application/json")


def write_cursor(values: Sequence[object]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps(plain)).decode().rstrip("=")


def _read(cursor: str, order: Sequence[ColumnElement[Any]]) -> list[object]:
    """:raises Problem: 422, where it is none of this list's."""
    try:
        raw = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        return [_value(value, column.type.python_type) for value, column in zip(raw, order, strict=True)]
    except (binascii.Error, ValueError, TypeError) as error:
        raise invalid([{"loc": "query.cursor", "message": "is none of ours: take `next_cursor` as it was"}]) from error


def _value(value: object, kind: type) -> object:
    if kind is datetime:
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError("an instant without its offset")
        return moment
    if type(value) is not kind or (isinstance(value, str) and "\x00" in value):
        raise TypeError(f"not of {kind}")
    if isinstance(value, int) and not 0 <= value < 2**63:
        raise ValueError("beyond what a column holds")
    return value

"""Rows of a batch in one statement: a column is one array, whatever the number of rows, so the statement is prepared
once and the database plans it once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Delete, Table, bindparam, column, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.sql.selectable import TableValuedAlias

Line = Mapping[str, object]
Given = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]


def insert_new(table: Table, names: Sequence[str]) -> Insert:
    """A row whose primary key is there already is left alone."""
    return _insert(table, names).on_conflict_do_nothing()


def insert_or_update(
    table: Table,
    names: Sequence[str],
    *,
    change: Collection[str],
    instead: Callable[[Given], Mapping[str, ColumnElement[Any]]] = lambda _: {},
    where: Callable[[Given], ColumnElement[bool]] | None = None,
) -> Insert:
    """Where the row is there, and `where` holds, the columns `change` take the given values; `instead` says of others
    what they take. Both are told what was given."""
    statement = _insert(table, names)
    given = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={name: given[name] for name in change} | dict(instead(given)),
        where=where(given) if where else None,
    )


def delete_all(table: Table) -> Delete:
    """The rows with the primary keys of `write`'s lines."""
    key = list(table.primary_key)
    lines = _lines(table, [column.name for column in key])
    return delete(table).where(*(column == lines.c[column.name] for column in key))


async def write(connection: AsyncConnection, statement: Insert | Delete, lines: Collection[Line]) -> None:
    """No two lines may have the same primary key."""
    if lines:
        names = next(iter(lines))
        await connection.execute(statement, {f"all_{name}": [line[name] for line in lines] for name in names})


def _insert(table: Table, names: Sequence[str]) -> Insert:
    lines = _lines(table, names)
    return insert(table).from_select(list(names), select(*(lines.c[name] for name in names)))


def _lines(table: Table, names: Sequence[str]) -> TableValuedAlias:
    types = {name: table.c[name].type for name in names}
    arrays = [bindparam(f"all_{name}", type_=ARRAY(kind)) for name, kind in types.items()]
    return (
        func.unnest(*arrays)
        .table_valued(*(column(name, kind) for name, kind in types.items()), name="line")
        .render_derived()
    )

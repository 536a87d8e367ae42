"""PostgreSQL: each service has a schema of its own and brings it up to date by itself when it starts."""

import zlib
from pathlib import Path

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.errors import ChokepointError
from shared.settings import DatabaseSettings

ENVIRONMENT = Path(__file__).parent / "migrations"
CONNECT_WITHIN_S = 10.0
ENDS_THE_DEAD = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
"""A session whose network is gone holds its locks for a minute, instead of the two hours that are usual."""
MIGRATION_LOCK = zlib.crc32(b"chokepoint migrations")


class DatabaseUnavailable(ChokepointError):
    pass


def open_engine(
    settings: DatabaseSettings,
    schema: str,
    *,
    pool_size: int = 2,
    overflow: int = 4,
    check_first: bool = True,
    within_s: float | None = None,
) -> AsyncEngine:
    """Unqualified names mean `schema`. `check_first` asks a pooled connection whether it still stands before each use:
    one round trip more, and a database that was restarted costs nobody an error. `within_s`: a statement that has no
    answer by then is a `TimeoutError`, as for whom somebody waits; a lock may be waited for longer."""
    return create_async_engine(
        settings.database_url.get_secret_value(),
        pool_size=pool_size,
        max_overflow=overflow,
        pool_pre_ping=check_first,
        pool_timeout=within_s or CONNECT_WITHIN_S,
        hide_parameters=True,  # statements carry customers' data and sealed secrets: neither belongs in an error
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": within_s or CONNECT_WITHIN_S,
            "command_timeout": within_s,
            "server_settings": {
                "search_path": schema,
                "application_name": f"chokepoint-{schema}",
                # our statements are short: planning them for the compiler costs more than it gives
                "jit": "off",
                **ENDS_THE_DEAD,
            },
        },
    )


async def migrate(engine: AsyncEngine, schema: str, versions: Path) -> None:
    """Creates the schema, and runs the migrations in the folder `versions` that it has not had. All of it is one
    transaction under one lock of the whole database: copies and services that start together take turns, and a failure
    leaves the schema as it was. A schema that a newer version has brought further is left alone: while an upgrade is
    under way, and after one that was taken back, the older version goes on in it.

    :raises DatabaseUnavailable: nothing answers there, or it refuses us.
    """
    connection = await _connect(engine)
    try:
        async with connection.begin():
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            await connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
            if (await _version(connection, schema) or "") < _newest(versions):
                await connection.run_sync(_upgrade, schema, versions)
    finally:
        await connection.close()


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect().start()
    except (OSError, DBAPIError) as error:
        address = f"{engine.url.host}:{engine.url.port}/{engine.url.database}"
        reason = getattr(error, "orig", None) or error
        raise DatabaseUnavailable(
            f"no database at {address}: is PostgreSQL up, DATABASE_URL right? ({type(reason).__name__}: {reason})"
        ) from error


async def _version(connection: AsyncConnection, schema: str) -> str | None:
    if await connection.scalar(text("SELECT to_regclass(:name)"), {"name": f'"{schema}".alembic_version'}) is None:
        return None
    found: str | None = await connection.scalar(text(f'SELECT version_num FROM "{schema}".alembic_version'))  # noqa: S608
    return found


def _newest(versions: Path) -> str:
    """Migrations are files `v<revision>_<what>.py`, their revisions 0001, 0002 …"""
    return max(path.stem for path in versions.glob("v*.py"))[1:].partition("_")[0]


def _upgrade(connection: Connection, schema: str, versions: Path) -> None:
    # a process with nothing to migrate, which is nearly every one, is 8 MB smaller without Alembic
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=connection, schema=schema)
    command.upgrade(config, "head")

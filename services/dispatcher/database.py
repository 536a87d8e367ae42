"""The dispatcher speaks to PostgreSQL through asyncpg alone: its few statements are written by hand, and a restart
after a kill need not load what only migrations use."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg

from services.dispatcher.settings import DispatcherSettings
from shared.errors import ChokepointError
from shared.settings import DatabaseSettings

SCHEMA = "dispatcher"
VERSIONS = Path(__file__).parent / "migrations"
CONNECT_WITHIN_S = 10.0
WITHIN_S = 30.0
# plans must not depend on how large a table was when a statement was first run, or is believed to be: every one goes by
# its index
_PLANS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}


class DatabaseUnavailable(ChokepointError):
    pass


async def connect(settings: DatabaseSettings) -> Any:
    """A connection of asyncpg's, which carries no types.

    :raises DatabaseUnavailable: nothing answers there, or it refuses us.
    """
    dsn = _dsn(settings.database_url.get_secret_value())
    try:
        return await asyncpg.connect(
            dsn,
            timeout=CONNECT_WITHIN_S,
            command_timeout=WITHIN_S,
            server_settings={"search_path": SCHEMA, "application_name": f"chokepoint-{SCHEMA}", "jit": "off", **_PLANS},
        )
    except (OSError, asyncpg.PostgresError) as error:
        url = urlsplit(dsn)
        raise DatabaseUnavailable(
            f"no database at {url.hostname}:{url.port}{url.path}: is PostgreSQL up, DATABASE_URL right? "
            f"({type(error).__name__}: {error})"
        ) from error


@contextlib.contextmanager
def loss_told(connection: Any) -> Iterator[None]:
    """A connection that breaks ends the process in a few words: started again, it goes on where SQL stands."""
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        broken = isinstance(error, OSError | asyncpg.PostgresConnectionError | asyncpg.InternalClientError)
        if not broken and not connection.is_closed():
            raise
        raise DatabaseUnavailable(f"the connection to the database broke ({type(error).__name__})") from error


def _dsn(url: str) -> str:
    """SQLAlchemy's spelling of the address in libpq's."""
    parts = urlsplit(url)
    query = urlencode([("sslmode" if name == "ssl" else name, value) for name, value in parse_qsl(parts.query)])
    return parts._replace(scheme="postgresql", query=query).geturl()


async def bring_up_to_date(settings: DispatcherSettings) -> None:
    """Migrates the schema where it is not at the newest version."""
    connection = await connect(settings)
    try:
        exists = await connection.fetchval("SELECT to_regclass($1)", f"{SCHEMA}.alembic_version")
        standing = await connection.fetchval("SELECT version_num FROM alembic_version") if exists else None
    finally:
        await connection.close()
    if standing != _newest():
        from shared.database import migrate, open_engine  # noqa: PLC0415  # half the time of a start

        engine = open_engine(settings, SCHEMA)
        try:
            await migrate(engine, SCHEMA, VERSIONS)
        finally:
            await engine.dispose()


def _newest() -> str:
    """Files are named `v<revision>_<what>.py`."""
    return max(path.stem.split("_")[0] for path in VERSIONS.glob("v*.py")).removeprefix("v")

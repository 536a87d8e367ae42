"""Migrations on the real PostgreSQL: copies that start together, failures, and a schema that is what the code says."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control.app import MIGRATIONS
from services.control.tables import metadata
from shared.database import DatabaseUnavailable, migrate, open_engine
from shared.settings import DatabaseSettings
from tests.fixtures.box import Database

pytestmark = pytest.mark.integration

FIRST = """
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.execute("CREATE TABLE thing (id text PRIMARY KEY)")
"""
BROKEN = """
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.execute("CREATE TABLE other (id text)")
    op.execute("CREATE TABLE thing (id text)")
"""


def engine_of(url: str, schema: str) -> AsyncEngine:
    return open_engine(DatabaseSettings(database_url=SecretStr(url)), schema)


async def tables(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        statement = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        return list((await connection.execute(text(statement))).scalars())


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    (tmp_path / "v0001_first.py").write_text(FIRST)
    return tmp_path


async def test_copies_and_services_that_start_together_all_find_their_schema(
    postgres: Database, versions: Path
) -> None:
    url = postgres()
    starting = [(schema, engine_of(url, schema)) for schema in ("alpha", "alpha", "alpha", "beta", "beta")]
    await asyncio.gather(*(migrate(engine, schema, versions) for schema, engine in starting))
    for _, engine in starting:
        assert await tables(engine) == ["alembic_version", "thing"]
        await engine.dispose()


async def test_an_older_version_starts_in_the_schema_of_a_newer_one(
    postgres: Database, versions: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine, newer = engine_of(postgres(), "alpha"), tmp_path_factory.mktemp("newer")
    (newer / "v0001_first.py").write_text(FIRST)
    (newer / "v0002_more.py").write_text(BROKEN.replace("TABLE thing", "TABLE more"))
    await migrate(engine, "alpha", newer)
    await migrate(engine, "alpha", versions)
    assert await tables(engine) == ["alembic_version", "more", "other", "thing"]
    await engine.dispose()


async def test_a_migration_that_fails_leaves_everything_as_it_was(postgres: Database, versions: Path) -> None:
    engine = engine_of(postgres(), "alpha")
    await migrate(engine, "alpha", versions)
    (versions / "v0002_broken.py").write_text(BROKEN)
    with pytest.raises(DBAPIError):
        await migrate(engine, "alpha", versions)
    assert await tables(engine) == ["alembic_version", "thing"]
    await engine.dispose()


async def test_nothing_at_the_address_is_said_with_the_address_and_without_the_password() -> None:
    engine = engine_of("postgresql+asyncpg://chokepoint:hush@127.0.0.1:1/none", "alpha")
    with pytest.raises(DatabaseUnavailable, match=r"127\.0\.0\.1:1/none") as refused:
        await migrate(engine, "alpha", MIGRATIONS)
    assert "hush" not in str(refused.value)
    await engine.dispose()


async def test_the_migrations_of_control_give_the_tables_that_its_code_uses(postgres: Database) -> None:
    engine = engine_of(postgres(), "control")
    await migrate(engine, "control", MIGRATIONS)

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()

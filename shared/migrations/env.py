"""Alembic runs this file for every service's migrations; `shared.database.migrate` hands it the connection, whose
transaction holds the lock."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table="alembic_version",
    version_table_schema=attributes["schema"],
    transactional_ddl=True,
)
context.run_migrations()

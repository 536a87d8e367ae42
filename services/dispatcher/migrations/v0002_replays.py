"""Replays that were asked for, and how far each has come."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE replays (
            id text,
            partition integer,
            endpoint_id text NOT NULL,
            -- letters up to here are done
            after_at timestamptz NOT NULL,
            after_id text NOT NULL,
            until timestamptz NOT NULL,
            only_failed boolean NOT NULL,
            PRIMARY KEY (id, partition)
        )
    """)

"""Since when a row waits to be told."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("ALTER TABLE outbox ADD COLUMN since timestamptz NOT NULL DEFAULT now()")

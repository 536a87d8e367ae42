"""Messages that a line went on without: its next says so."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE skips (
            endpoint_id text,
            line text,
            -- dead since something was last delivered in this line
            sequences bigint[] NOT NULL,
            PRIMARY KEY (endpoint_id, line)
        )
    """)

"""When each endpoint that asks for heartbeats was last sent anything, and when it is looked at again."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE heartbeats (
            endpoint_id text PRIMARY KEY,
            partition integer NOT NULL,
            period interval NOT NULL,
            sent_at timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            -- of the last heartbeat
            delivery_id uuid
        ) WITH (fillfactor = 70)
    """)
    op.execute("CREATE INDEX heartbeats_due ON heartbeats (partition, due_at)")

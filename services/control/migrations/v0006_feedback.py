"""What people think of alerts: one verdict of each key on each."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE feedback (
            alert_id text NOT NULL,
            key_id text NOT NULL,
            customer_id text NOT NULL,
            kind text NOT NULL,
            source text NOT NULL,
            verdict text NOT NULL,
            note text,
            given_at timestamptz NOT NULL,
            PRIMARY KEY (alert_id, key_id)
        )
    """)

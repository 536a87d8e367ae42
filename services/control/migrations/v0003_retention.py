"""What is old is found by its time. Rows come in the order of it: a BRIN index costs next to nothing to keep."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("CREATE INDEX messages_by_time ON messages USING brin (received_at) WITH (autosummarize = on)")
    op.execute("CREATE INDEX deliveries_by_time ON deliveries USING brin (first_at) WITH (autosummarize = on)")

"""What did not arrive is found among much that did."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX deliveries_undelivered ON deliveries (endpoint_id, state, first_at, id)
            WHERE state <> 'delivered'
    """)

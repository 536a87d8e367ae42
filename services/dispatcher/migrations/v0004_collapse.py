"""Messages of one alert that wait for a retry shrink to the newest, where an endpoint asks for it."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # alert_id: set where the endpoint asks for it; collapsed: sequences of those that gave way to this one
    op.execute("ALTER TABLE deliveries ADD COLUMN alert_id text, ADD COLUMN collapsed bigint[]")
    op.execute("ALTER TABLE deliveries DROP CONSTRAINT deliveries_state_check")
    op.execute("""
        ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_check
            CHECK (state IN ('due', 'delivered', 'dead', 'cancelled', 'collapsed')) NOT VALID
    """)
    op.execute("""
        CREATE INDEX deliveries_of_alert ON deliveries (endpoint_id, alert_id, number)
            WHERE state = 'due' AND alert_id IS NOT NULL
    """)

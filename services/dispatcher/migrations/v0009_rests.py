"""A rest that a receiver asked for outlives the dispatcher."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # rest_version: the endpoint's at which it was asked for; a later one need not keep to it
    op.execute("ALTER TABLE endpoints ADD COLUMN rest_until timestamptz, ADD COLUMN rest_version bigint")

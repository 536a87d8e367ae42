"""Owners' headers are kept sealed, as secrets are; those in `config` are sealed by the next change or `reseal`."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("ALTER TABLE endpoints ADD COLUMN sealed_headers text")

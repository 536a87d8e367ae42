"""Whether the dispatcher finds an endpoint's receiver away."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE endpoints ADD COLUMN circuit text")

"""A replay is asked for by the messages' own timestamps, as their receivers know them."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("CREATE INDEX letters_accepted ON letters (accepted_at)")

"""A page of a replay is read by the index alone, however many messages follow and however many share a moment."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("DROP INDEX letters_accepted")
    op.execute("CREATE INDEX letters_accepted ON letters (accepted_at, message_id)")

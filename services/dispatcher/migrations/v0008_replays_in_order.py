"""A replay goes on from a message's number: of one moment the numbers tell the order, ids do not."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("ALTER TABLE replays ADD COLUMN after_number bigint NOT NULL DEFAULT 0")
    op.execute("CREATE INDEX letters_in_order ON letters (partition, accepted_at, number) WHERE number IS NOT NULL")

"""Chat formats name a letter's materials: those loaded from here are sent with the same bytes as those just come."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("ALTER TABLE letters ADD COLUMN materials text")  # one a line; null in letters of before

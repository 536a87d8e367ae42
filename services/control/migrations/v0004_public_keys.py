"""Endpoints with a pair of keys, without a look at all the others: anybody may ask for the public halves."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""CREATE INDEX endpoints_with_a_pair ON endpoints (id) WHERE secrets LIKE '%"public_key"%'""")

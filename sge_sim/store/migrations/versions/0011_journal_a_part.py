"""The journal leaves the state for a database of its own; what it held is dropped.

The exchanges aren't moved: the other database may not be within reach of this transaction.
"""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.drop_table("echange")

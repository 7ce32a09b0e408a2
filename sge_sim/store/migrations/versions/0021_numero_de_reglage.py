"""The number of the clock's last setting."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column(
        "horloge", sa.Column("numero", sa.BigInteger(), server_default="0", nullable=False)
    )

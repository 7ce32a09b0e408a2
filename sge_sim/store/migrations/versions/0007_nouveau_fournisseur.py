"""The supplier that takes over a point."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("evenement", sa.Column("fournisseur_code", sa.String(length=20), nullable=True))

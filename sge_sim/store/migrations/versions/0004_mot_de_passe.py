"""The password that a user sends by HTTP Basic."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("utilisateur", sa.Column("mot_de_passe", sa.String(length=255), nullable=True))

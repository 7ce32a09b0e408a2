"""What the profile of an account of Datahub tells."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("compte_datahub", sa.Column("profil", sa.JSON(none_as_null=True), nullable=True))

"""The step of R4x of a point, and the points whose measures homologation made up."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("point", sa.Column("r4x_pas", sa.SmallInteger(), nullable=True))
    op.add_column("point", sa.Column("mesures_factices", sa.Boolean(), nullable=True))

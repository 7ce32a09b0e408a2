"""Access services are subscribed services: a beneficiary, a direction, a number, an end.

Those that a tester had opened for everybody are not kept: `points set --service-acces` opens them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("service_souscrit", sa.Column("acces_type", sa.String(length=7), nullable=True))
    op.drop_table("service_acces")

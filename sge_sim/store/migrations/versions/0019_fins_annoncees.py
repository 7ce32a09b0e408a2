"""A service tells whether its end was announced: one announcement may tell of many.

What ended before this revision counts as announced, so that nobody is told of it years later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column(
        "service_souscrit", sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute("UPDATE service_souscrit SET announced_at = ended_at")
    op.create_index(
        "ix_service_souscrit_a_annoncer", "service_souscrit", ["announced_at", "ended_at"]
    )
    op.drop_index("ix_publication_service_souscrit_id", "publication")
    op.drop_column("publication", "service_souscrit_id")

"""A publication may announce the end of a service."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column(
        "publication", sa.Column("service_souscrit_id", sa.String(length=15), nullable=True)
    )
    op.create_index(
        op.f("ix_publication_service_souscrit_id"), "publication", ["service_souscrit_id"]
    )

"""Columns that nothing reads: the number of off-peak hours, the step of a history."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.drop_column("point", "heures_creuses_id")
    op.drop_column("demande_historique", "pas_minutes")

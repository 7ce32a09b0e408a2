"""What Alembic runs around the migrations: they all go through the connection it is given."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from sge_sim.store.models import Base


def render_item(kind: str, item: object, _context: Any) -> str | Literal[False]:
    """Write our own column types as what the database sees: a migration outlives their names."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render_item,
)
context.run_migrations()

"""What Alembic runs around the migrations: they all go through the connection it is given."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()

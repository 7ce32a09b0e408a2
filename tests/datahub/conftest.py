"""A database of one test with a point, an actor and its contract; no server."""

from lives import database  # noqa: F401

"""Each test has a database and a journal of its own."""

from state_kit import add_point, database, journal  # noqa: F401

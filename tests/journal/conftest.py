"""Each test has a database of its own."""

from state_kit import add_point, database  # noqa: F401

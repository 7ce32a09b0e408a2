"""The catalogue of test cases: its files, their schema, its releases, and the default ones."""

from typing import Final

DEFAULT_RELEASE: Final = "26.1"
"""The last release."""
DEFAULT_DATA_CONNECT: Final = "data-connect-2026"
"""The one catalogue that there is for Data Connect."""

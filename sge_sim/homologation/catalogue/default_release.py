"""The release that commands take when none is named."""

from typing import Final

DEFAULT_RELEASE: Final = "23.2"
"""The last release that lists all nine services of the first generation, and four packages."""
DEFAULT_DATA_CONNECT: Final = "data-connect-2026"
"""The one catalogue that there is for Data Connect."""

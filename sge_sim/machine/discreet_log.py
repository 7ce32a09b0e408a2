"""A log without the numbers of people's points."""

import logging
import re
from typing import Final

_NUMBER: Final = re.compile(r"(?<!\d)\d{11}(?=\d{3}(?!\d))")
_MASK: Final = "•" * 11


class DiscreetFormatter(logging.Formatter):
    """Hides all but the end of what may be a PRM or a SIRET, in messages and in their errors.

    >>> record = logging.makeLogRecord({"msg": "GET /api/points/29100000000246 : refus"})
    >>> DiscreetFormatter("%(message)s").format(record)
    'GET /api/points/•••••••••••246 : refus'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole text of a record."""
        return _NUMBER.sub(_MASK, super().format(record))

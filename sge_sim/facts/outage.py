"""Work that is repeated while the database is unreachable: each outage is logged once."""

from collections.abc import Iterator
from contextlib import contextmanager
from logging import Logger

from sqlalchemy.exc import DBAPIError

from sge_sim.facts.database import DATABASE_UNREACHABLE, unreachable_sentence


class Outage:
    """The failures of a database that can't be reached, until it answers again.

    `sentence` is the French sentence that the log has of it, once, before the reason.

    >>> outage = Outage(logger, "Le back-office attend")
    >>> with outage.tolerated():
    ...     back_office.catch_up()
    """

    def __init__(self, logger: Logger, sentence: str) -> None:
        self._logger = logger
        self._sentence = sentence
        self._lasts = False

    @contextmanager
    def tolerated(self) -> Iterator[None]:
        """Leave undone what the database refuses to do for now; any other failure is raised."""
        try:
            yield
        except (DBAPIError, *DATABASE_UNREACHABLE) as error:
            if not self._lasts:
                self._logger.error("%s : %s.", self._sentence, unreachable_sentence(error))
            self._lasts = True
        else:
            self._lasts = False

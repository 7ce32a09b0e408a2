"""A database that can't be reached for now: what is raised, its sentence, the work that waits."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from logging import Logger
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

DATABASE_UNREACHABLE = (
    OperationalError,
    InterfaceError,
    InternalError,
    PoolTimeoutError,
    sqlite3.OperationalError,  # of what speaks to the driver by itself
    OSError,
)
"""What is raised when the database, or the machine under it, can't do its work for now: it is
locked for too long, stopped, the disk is full, no descriptor is left."""

DATABASE_ERRORS: Final = (DBAPIError, *DATABASE_UNREACHABLE)
"""Those, and whatever else a database refuses to do."""

_PRIMARY: Final = 0xFF
_SPOILT: Final = (
    "la base de données n'est plus lisible ({}) : arrêter le simulateur, puis restaurer son "
    "fichier ou l'effacer (sge-sim.db : l'état, journal.db : le journal)"
)
_REFUSED: Final = (
    "la base de données ne peut pas être utilisée ({}) : vérifier les droits de ses fichiers et le "
    "disque"
)
_SENTENCES: Final = {
    sqlite3.SQLITE_CORRUPT: _SPOILT,
    sqlite3.SQLITE_NOTADB: _SPOILT,
    sqlite3.SQLITE_CANTOPEN: _REFUSED,
    sqlite3.SQLITE_IOERR: _REFUSED,
    sqlite3.SQLITE_PERM: _REFUSED,
    sqlite3.SQLITE_READONLY: _REFUSED,
    sqlite3.SQLITE_FULL: "la base de données n'a plus de place ({}) : en faire sur le disque",
}
_SILENT: Final = "la base de données ne répond pas ({})"


def unreachable_sentence(error: Exception) -> str:
    """Return what an error of a database, or of the machine under it, says: French, one line."""
    reason: object = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(reason, "sqlite_errorcode", None) or 0
    sentence = _SENTENCES.get(code & _PRIMARY, _SILENT)
    return sentence.format(" ".join(str(reason).split()))


def log_failure(logger: Logger, error: Exception, sentence: str) -> str:
    """Log that something failed, as `sentence` says in French, and return why.

    It is a line where the database, or the machine under it, can't do its work for now; whatever
    else went wrong comes with its traceback.
    """
    known = isinstance(error, DATABASE_UNREACHABLE)
    reason = unreachable_sentence(error) if known else f"{type(error).__name__} : {error}"
    logger.error("%s : %s.", sentence, reason, exc_info=None if known else error)
    return reason


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
        except DATABASE_ERRORS as error:
            if not self._lasts:
                self._logger.error("%s : %s.", self._sentence, unreachable_sentence(error))
            self._lasts = True
        else:
            self._lasts = False

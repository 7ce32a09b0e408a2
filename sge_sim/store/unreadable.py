"""A database file that the disk, or somebody, spoilt: it is told as what doesn't work for now.

SQLite raises its most general error there, that others are kinds of; it becomes an
`OperationalError`, as a locked database is.
"""

import sqlite3
from typing import Final

from sqlalchemy import ExceptionContext
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, StatementError

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


def sentence_of(error: Exception) -> str:
    """Return what an error of a database, or of the machine under it, tells: French, one line."""
    reason: object = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(reason, "sqlite_errorcode", None) or 0
    told = _SENTENCES.get(code & _PRIMARY, _SILENT)
    return told.format(" ".join(str(reason).split()))


def as_operational(error: StatementError) -> StatementError:
    """Return `error`, an `OperationalError` where SQLite can't read its file."""
    if type(error) is not DatabaseError or not isinstance(error.orig, sqlite3.DatabaseError):
        return error
    return OperationalError(error.statement, error.params, error.orig)


def raise_as_operational(context: ExceptionContext) -> BaseException | None:
    """Have SQLAlchemy raise what `as_operational` returns (its event `handle_error`)."""
    error = context.sqlalchemy_exception
    if not isinstance(error, DBAPIError):
        return None
    raised = as_operational(error)
    return None if raised is error else raised

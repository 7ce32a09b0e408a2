"""Mistakes of the person at the command line, each a sentence; why the system refuses something."""

import errno
import re
from typing import Final, TypeVar

T = TypeVar("T")
_ERRNO: Final = re.compile(r"\[Errno (\d+)\]")
_REASONS: Final = {
    errno.EACCES: "accès refusé",
    errno.EADDRINUSE: "adresse déjà prise",
    errno.EADDRNOTAVAIL: "adresse d'une autre machine",
    errno.ECONNABORTED: "connexion coupée",
    errno.ECONNREFUSED: "connexion refusée",
    errno.ECONNRESET: "connexion coupée",
    errno.EDQUOT: "quota du disque atteint",
    errno.EEXIST: "existe déjà",
    errno.EHOSTUNREACH: "machine injoignable",
    errno.EIO: "erreur du disque",
    errno.EISDIR: "c'est un dossier",
    errno.ELOOP: "lien symbolique qui tourne en rond",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENAMETOOLONG: "nom trop long",
    errno.ENETUNREACH: "réseau injoignable",
    errno.ENOENT: "introuvable",
    errno.ENOSPC: "disque plein",
    errno.ENOTDIR: "un dossier du chemin est un fichier",
    errno.EPERM: "opération interdite",
    errno.EPIPE: "connexion coupée",
    errno.EROFS: "disque en lecture seule",
    errno.ETIMEDOUT: "aucune réponse à temps",
}


def system_reason(error: OSError) -> str:
    """Return in a few French words why the system refused; its own words where none are known.

    Several addresses of a host that were tried in vain give the reason of the first.

    >>> system_reason(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"))
    'connexion refusée'
    """
    if type(error).__name__ == "gaierror":  # whose numbers are others; `socket` is long to load
        return "nom sans adresse"
    if isinstance(error, TimeoutError):
        return _REASONS[errno.ETIMEDOUT]
    words = str(error)
    named = _ERRNO.search(words)
    code = int(named[1]) if error.errno is None and named else error.errno
    return _REASONS.get(code or 0) or error.strerror or words or type(error).__name__


class UsageError(Exception):
    """What was asked can't be done: the message says what is wrong and what to do.

    The command line prints the message alone, without traceback, and exits with code 2.
    The administration API answers it with HTTP 400.
    """


class BusyError(UsageError):
    """Somebody else is at it, and who.

    The administration API answers it with HTTP 409.
    """


class UnknownError(UsageError):
    """Nothing has the name, or the number, that was given: `name`.

    The administration API answers it with HTTP 404 where the address names it, with 400 where
    something that was sent does.
    """

    def __init__(self, sentence: str, name: object) -> None:
        super().__init__(sentence)
        self.name = str(name)


def require_found(found: T | None, sentence: str, name: object) -> T:
    """Return what was found under a name; raises `UnknownError` with that sentence for nothing."""
    if found is None:
        raise UnknownError(sentence, name)
    return found


class FieldError(UsageError):
    """What a field says doesn't suit; `borne` is what it goes beyond, if anything.

    The administration API answers it with HTTP 422, as all that hasn't its form.
    """

    def __init__(
        self, sentence: str, champ: str, donne: object, borne: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.champ = champ
        self.donne = donne
        self.borne = borne

"""A server that files are delivered to by FTP: it is down at times, and connections break."""

import errno
from collections.abc import Callable
from ftplib import error_temp
from functools import partial
from pathlib import Path
from typing import IO, Any, Self

from monde import Monde

from sge_sim.machine import monde as seams

URL = "ftp://enedis:secret@serveur.example.fr"
_ROMPUE = 0.04
"""How often a connection breaks, at each exchange."""
_ABSENTE = 5
"""One in how many periods the server is down."""
_PERIODE = 420
"""How long (s, of the machine) a period is."""


def serveur(dossier: Path) -> Path:
    """Return where the server of a life keeps its files."""
    return dossier.parent / "serveur"


def pose(monde: Monde, dossier: Path) -> None:
    """Have the product's FTP client meet the server of a life, whose folder that is."""
    serveur(dossier).mkdir(exist_ok=True)
    seams.ftp = partial(Ftp, monde, serveur(dossier))  # type: ignore[assignment]


class Ftp:
    """A client of it, of which the product uses what is here; each exchange is a seam."""

    def __init__(self, monde: Monde, racine: Path, _seconds: float) -> None:
        self._monde, self._racine = monde, racine

    def connect(self, _host: str, _port: int) -> None:
        self._echange(lambda: None)
        periods = int(self._monde.comptes.machine.timestamp()) // _PERIODE
        if periods % _ABSENTE == 0:
            self._rompt(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"))

    def login(self, _user: str, _password: str) -> None:
        self._echange(lambda: None)

    def storbinary(self, command: str, content: IO[bytes]) -> None:
        path, whole = self._racine / command.removeprefix("STOR "), content.read()
        cut = int(len(whole) * self._monde.hasard.random())
        self._echange(lambda: path.write_bytes(whole), lambda: path.write_bytes(whole[:cut]))

    def rename(self, before: str, after: str) -> None:
        self._echange(lambda: (self._racine / before).replace(self._racine / after))

    def _echange(self, fait: Callable[[], Any], coupe: Callable[[], Any] = lambda: None) -> None:
        """Do what is asked, unless the process ends or the connection breaks: what it cuts is half
        done, or was done and isn't answered."""
        if self._monde.couture("canal"):
            coupe()
            self._monde.meurt("canal")
        draw = self._monde.hasard.random() / _ROMPUE
        (coupe if draw < 0.5 else fait)()
        if draw < 1:
            errors = (
                ConnectionResetError(errno.ECONNRESET, "Reset"),
                EOFError(),
                error_temp("421"),
            )
            self._rompt(self._monde.hasard.choice(errors))

    def _rompt(self, error: Exception) -> None:
        self._monde.frappe("canal")
        raise error

    def close(self) -> None:
        """Nothing is left to do."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""The world of a simulated process: its time, whose turn it is, where it ends, what fails.

Works are woven: each has a thread, of which one runs. The turn changes at *seams*, where the
product asks something of the world, and where it would wait. The process ends at the drawn seam by
`os._exit`: no block is unwound, no file is flushed, the system takes locks back.
"""

import _thread
import errno
import mmap
import os
import random
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import product
from sqlite3 import OperationalError
from typing import Any
from zlib import crc32

TRAVAUX = (
    *("ouverture", "soap", "rest", "administration", "publication", "rangement", "horloge"),
    *("contrat", "entreprise"),
)
"""The kinds of work that are woven; the first is alone."""
COUTURES = (
    *("ouvre", "écrit", "synchronise", "tronque", "renomme", "ôte", "dossier", "droits"),
    *("verrou", "attente", "temporaire", "base", "commence", "avant commit", "après commit"),
    *("instruction", "canal", "processus"),
)
"""The kinds of seam."""
_RANGS = {nom: rang for rang, nom in enumerate(COUTURES)}
FIN = 77
"""The status of a process that ended at the drawn seam."""
ECRITURES = frozenset(
    ("ouvre", "écrit", "synchronise", "tronque", "renomme", "dossier", "temporaire")
)
"""The kinds of seam at which a disk that is full or read-only refuses."""
DEBUT_MACHINE = datetime(2026, 1, 1, tzinfo=UTC)
_EPOQUE = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_RANG = struct.Struct("<q")
_TEMPS, _TRACE, _TOURS, _COUPE, _COMPTES = 0, 1, 2, 3, 4

ICI = threading.local()
"""Of a woven thread: its world (`monde`), the lock that is its turn (`tour`), its work
(`travail`); whether it is within a seam (`passe`)."""


@dataclass(frozen=True)
class Sort:
    """What befalls a process: it ends at the `rang`-th seam of a kind, none where it is 0."""

    couture: str = ""
    rang: int = 0


@dataclass(frozen=True)
class Defaut:
    """What the world refuses in a step: from the `rang`-th fit seam on, `fois` times.

    `ENOSPC` and `EROFS` of a disk; `commit`: a commit fails, as when the database isn't there;
    `retard`: a lock comes `fois` seconds late.
    """

    sorte: str
    rang: int
    fois: int


AUCUN = Defaut("", 0, 0)


class Comptes:
    """What outlives processes, in memory that they share: the machine's time, the trace of the
    seams that were passed, how often each was, which works met there."""

    def __init__(self) -> None:
        self._met = 8 * (_COMPTES + 2 * len(COUTURES))
        self._cells = mmap.mmap(-1, self._met + len(TRAVAUX) ** 2 * len(COUTURES))
        self.machine = DEBUT_MACHINE
        self.vise = False
        """Whether the turn goes first to works that never took it from that work at that seam."""

    def __getitem__(self, rang: int) -> int:
        found: int = _RANG.unpack_from(self._cells, 8 * rang)[0]
        return found

    def __setitem__(self, rang: int, value: int) -> None:
        _RANG.pack_into(self._cells, 8 * rang, value)

    @property
    def machine(self) -> datetime:
        """The machine's time, aware."""
        return _EPOQUE + self[_TEMPS] * _US

    @machine.setter
    def machine(self, instant: datetime) -> None:
        self[_TEMPS] = (instant - _EPOQUE) // _US

    def passe(self, nom: str) -> None:
        """Count a seam that is passed, and trace it."""
        rang = _RANGS[nom]
        self[_COMPTES + rang] += 1
        self[_TRACE] = crc32(bytes((rang,)), self[_TRACE])

    def tourne(self, nom: str, laisse: str, prend: str) -> None:
        """Count a turn that one work leaves to another at a seam."""
        self[_TOURS] += 1
        place = self._met + _place(laisse, prend, nom)
        self._cells[place] = min(self._cells[place] + 1, 255)

    def ont_cede(self, laisse: str, prend: str, nom: str) -> int:
        """Return how often (255 at most) a work left the turn to another at a kind of seam."""
        return self._cells[self._met + _place(laisse, prend, nom)]

    def finit(self, nom: str) -> None:
        """Count a process that ends at a seam."""
        self[_COUPE] = 1 + COUTURES.index(nom)
        self[_COMPTES + len(COUTURES) + COUTURES.index(nom)] += 1

    def coupee(self) -> str:
        """Return the seam at which the last process ended, and forget it."""
        rang, self[_COUPE] = self[_COUPE], 0
        return COUTURES[rang - 1] if rang else ""

    @property
    def trace(self) -> str:
        """The sum of the seams that were passed, in their order."""
        return f"{self[_TRACE]:08x}"

    @property
    def tours(self) -> int:
        """How often the turn has changed."""
        return self[_TOURS]

    @property
    def passees(self) -> dict[str, int]:
        """How often each kind of seam was passed."""
        return {nom: self[_COMPTES + rang] for rang, nom in enumerate(COUTURES)}

    @property
    def fins(self) -> dict[str, int]:
        """How many processes ended at each kind of seam."""
        return {nom: self[_COMPTES + len(COUTURES) + n] for n, nom in enumerate(COUTURES)}

    @property
    def rencontres(self) -> dict[tuple[str, str, str], int]:
        """What `ont_cede` says of those that have."""
        return {
            each: times
            for each in product(TRAVAUX, TRAVAUX, COUTURES)
            if (times := self.ont_cede(*each))
        }


@cache
def _place(laisse: str, prend: str, nom: str) -> int:
    pair = TRAVAUX.index(laisse) * len(TRAVAUX) + TRAVAUX.index(prend)
    return pair * len(COUTURES) + COUTURES.index(nom)


class Monde:
    """The world of one process, drawn from `graine`."""

    def __init__(self, comptes: Comptes, graine: str) -> None:
        self.comptes, self.hasard = comptes, random.Random(graine)
        self.actif = False
        self.sort, self.defaut = Sort(), AUCUN
        self.prets: list[tuple[_thread.LockType, str]] = []
        self.fini, self.rendus = _thread.allocate_lock(), list[Any]()
        self.frappe: Callable[[str], None] = lambda _sorte: None
        """What is called when a fault strikes."""
        self.frappes = 0
        """How often a fault has struck in this step."""

    def lit(self) -> datetime:
        """Read the machine's clock, which each reading moves by a tenth of a millisecond."""
        self.comptes[_TEMPS] += 100
        return self.comptes.machine

    def couture(self, nom: str) -> bool:
        """Pass a seam. Return whether the process is to end there: `meurt` ends it."""
        if not self.actif:
            return False
        self.comptes.passe(nom)
        if len(self.prets) > 1 and (self.hasard.random() < 0.5 or self._neufs(nom)):
            self.cede(nom)
        if self.defaut.sorte:
            self._refuse(nom)
        if self.sort.couture != nom:
            return False
        self.sort = Sort(nom, self.sort.rang - 1)
        return self.sort.rang == 0

    def avant(self, nom: str) -> None:
        """Pass a seam before what is done there: the process ends without doing it."""
        if self.couture(nom):
            self.meurt(nom)

    def meurt(self, nom: str) -> None:
        """End the process."""
        self.comptes.finit(nom)
        os._exit(FIN)

    def _refuse(self, nom: str) -> None:
        """Raise what the world refuses at this seam, if it does."""
        sorte = self.defaut.sorte
        fit = {"commit": nom == "avant commit", "retard": nom == "verrou"}
        if not fit.get(sorte, nom in ECRITURES):
            return
        self.defaut = Defaut(sorte, self.defaut.rang - 1, self.defaut.fois)
        if self.defaut.rang > 0:
            return
        if sorte == "retard":
            self.defaut, self.frappes = AUCUN, self.frappes + 1
            self.frappe(sorte)
            self.attend(3.0)  # longer than others wait for a lock
            return
        fois = self.defaut.fois - 1
        self.defaut = Defaut(sorte if fois else "", 0, fois)
        self.frappes += 1
        self.frappe(sorte)
        if sorte == "commit":
            raise OperationalError("disk I/O error")
        number = getattr(errno, sorte)
        raise OSError(number, os.strerror(number))

    def attend(self, seconds: float = 0.001, nom: str = "attente") -> None:
        """Stand for whatever waits: a sleep, a lock that another thread holds."""
        self.comptes[_TEMPS] += int(seconds * 1e6)
        if not self.actif:
            return
        self.comptes.passe(nom)
        self.cede(nom)

    def cede(self, nom: str) -> None:
        """Give the turn to another thread, and wait for one's own."""
        own = getattr(ICI, "tour", None)
        others = [each for each in self.prets if each[0] is not own]
        if others and own is not None:
            tour, travail = self.hasard.choice(self._neufs(nom) or others)
            self.comptes.tourne(nom, ICI.travail, travail)
            tour.release()
            own.acquire()

    def _neufs(self, nom: str) -> list[tuple[_thread.LockType, str]]:
        """Return the threads whose works never took the turn that this one's would leave at such a
        seam, where all are to meet."""
        own, sien = getattr(ICI, "tour", None), getattr(ICI, "travail", "")
        if not self.comptes.vise or own is None:
            return []
        met = self.comptes.ont_cede
        return [each for each in self.prets if each[0] is not own and not met(sien, each[1], nom)]

    def tresse(self, travaux: Sequence[tuple[str, Callable[[], Any]]]) -> list[Any]:
        """Do works, each of a kind and in a thread, one at a time; return what each came to."""
        if not travaux:
            return []
        self.fini.acquire()
        self.rendus = []
        for sorte, travail in travaux:
            self.ajoute(sorte, travail)
        self.hasard.choice(self.prets)[0].release()
        self.fini.acquire()
        self.fini.release()
        return self.rendus

    def ajoute(self, sorte: str, travail: Callable[[], Any]) -> None:
        """Weave one more work in: it has its turn later."""
        tour, rang = _thread.allocate_lock(), len(self.rendus)
        tour.acquire()
        self.rendus.append(None)
        self.prets.append((tour, sorte))

        def fait() -> None:
            ICI.monde, ICI.tour, ICI.travail, ICI.passe = self, tour, sorte, False
            tour.acquire()
            try:
                self.rendus[rang] = travail()
            except BaseException as error:
                self.rendus[rang] = error
            self.prets = [each for each in self.prets if each[0] is not tour]
            (self.hasard.choice(self.prets)[0] if self.prets else self.fini).release()

        _thread.start_new_thread(fait, ())

    @contextmanager
    def eveille(self, defaut: Defaut) -> Iterator[None]:
        """Have seams counted, changed, refused and ended at in the block."""
        self.defaut, self.frappes, self.actif = defaut, 0, True
        try:
            yield
        finally:
            self.actif, self.defaut = False, AUCUN


class Verrou:
    """A lock of threads; a woven thread gives its turn away instead of waiting.

    `TimeoutError` isn't raised: like the locks of threads, it tells whether it was taken.
    """

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self.release, self.locked = self._lock.release, self._lock.locked

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take it; wait by the machine's time of the world."""
        monde = getattr(ICI, "monde", None)
        if monde is None or not blocking:
            return self._lock.acquire(blocking, timeout)
        end = None if timeout < 0 else monde.comptes.machine + timedelta(seconds=timeout)
        while not self._lock.acquire(False):
            if end is not None and monde.comptes.machine >= end:
                return False
            monde.attend(nom="verrou")
        return True

    __enter__ = acquire

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def _at_fork_reinit(self) -> None:
        self.__init__()  # type: ignore[misc]


class VerrouReentrant(Verrou):
    """The same, which who has it may take again."""

    def __init__(self) -> None:
        super().__init__()
        self._owner, self._depth, self._rend = 0, 0, self.release
        self.release = self._release  # type: ignore[method-assign]

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take it, once more if it is one's own."""
        own = _thread.get_ident()
        if self._owner != own and not super().acquire(blocking, timeout):
            return False
        self._owner, self._depth = own, self._depth + 1
        return True

    __enter__ = acquire

    def _release(self) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = 0
            self._rend()

    def __exit__(self, *_: object) -> None:
        self._release()


class Evenement:
    """An event of threads; a woven thread gives its turn away until it is set, or in time."""

    def __init__(self) -> None:
        self._set = False

    def set(self) -> None:
        """Set it."""
        self._set = True

    def is_set(self) -> bool:
        """Tell whether it is set."""
        return self._set

    def clear(self) -> None:
        """Have it not be set."""
        self._set = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait by the machine's time of the world."""
        monde = getattr(ICI, "monde", None)
        assert monde is not None, "nothing but woven works waits"
        end = None if timeout is None else monde.comptes.machine + timedelta(seconds=timeout)
        while not self._set and (end is None or monde.comptes.machine < end):
            monde.attend(0.01)
        return self._set


class Fil:
    """A thread that the product starts: one more woven work, of the kind that started it."""

    def __init__(
        self, *, target: Callable[..., Any], args: tuple[Any, ...] = (), daemon: bool = True
    ) -> None:
        self._work, self._done, self.daemon = partial(target, *args), Evenement(), daemon

    def start(self) -> None:
        """Weave it in."""
        monde = getattr(ICI, "monde", None)
        assert monde is not None, "nothing but woven works starts threads"
        monde.ajoute("horloge", self._run)

    def _run(self) -> None:
        try:
            self._work()
        finally:
            self._done.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""
        self._done.wait(timeout)

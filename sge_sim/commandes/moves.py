"""The moves of the clock and what each sets off, for the REST interface and for the clock bar.

A move is two things: the setting, which is committed or refused, and the work that it sets off,
which a thread does afterwards. Whatever becomes of the work, the clock has moved: who waits gets
how far it is.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.commandes.back_office import BackOffice
from sge_sim.domaine.retombees import Avancement, EtatTravail, Retombees, Travail
from sge_sim.facts.database import Database
from sge_sim.facts.outage import DATABASE_ERRORS, unreachable_sentence
from sge_sim.facts.stored_clock import Change, Reglage, StoredClock
from sge_sim.machine import monde
from sge_sim.tables.retombees import measured

_KEPT: Final = 100
_RETRY_SECONDS: Final = 0.5
_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.002, 0.1

_STOPPED: Final = "le simulateur s'arrête, le reste se fera à son prochain démarrage"
_RESET: Final = "l'état mis de côté est revenu, et l'horloge avec lui"
_FAILED: Final = "une erreur inattendue, que dit la console du simulateur, qui recommence"

_log = logging.getLogger(__name__)


class Move:
    """A setting of the clock, and the work that it sets off, replaced as it goes on."""

    def __init__(self, reglage: Reglage) -> None:
        self.reglage = reglage
        nothing = Retombees(reglage.debut, reglage.fin)
        self.travail = Travail(reglage.numero, "en_cours", reglage.debut, nothing)

    @property
    def under_way(self) -> bool:
        """Whether its work is being done, or waits to be."""
        return self.travail.etat == "en_cours"

    async def wait(self, seconds: float | None = None, *, held_up: bool = True) -> None:
        """Return once the work is done or interrupted; after `seconds` at the latest.

        Where it is held up by the database too, unless `held_up` says to wait on.
        """
        begun, pause = stopwatch(), _FIRST_LOOK_SECONDS
        while self.under_way and not (held_up and self.travail.raison):
            if seconds is not None and elapsed_ms(begun) >= seconds * 1000:
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_LOOK_SECONDS)


class Moves:
    """The last moves of one administration; its methods may be called by any thread."""

    def __init__(
        self,
        clock: StoredClock,
        database: Database,
        back_office: BackOffice,
        avancement: Avancement | None = None,
    ) -> None:
        self._avancement = avancement or Avancement()
        self._clock = clock
        self._database = database
        self._back_office = back_office
        self._moves: dict[int, Move] = {}
        self._worker: monde.Thread | None = None
        self._lock = monde.Lock()
        self._stopping = monde.Event()

    def make(self, change: Change, since: int | None = None) -> Move:
        """Make a change of the clock and have all that is due happen; returns at once.

        Raises `ClockSetSinceError` where another setting came after the one numbered `since`, and
        `UsageError` for a change that is refused: nothing is moved then.
        """
        move = Move(self._clock.change(change, since))
        with self._lock:
            self._moves[move.reglage.numero] = move
            while len(self._moves) > _KEPT:
                del self._moves[min(self._moves)]
            if self._worker is None:
                self._worker = monde.Thread(target=self._work, daemon=True)
                self._worker.start()
        if self._stopping.is_set():
            self._settle(move, move.travail, "interrompu", _STOPPED)
        return move

    def find(self, numero: int) -> Move | None:
        """Return the move that made a setting; None for one that isn't known any more."""
        return self._moves.get(numero)

    def last(self) -> Move | None:
        """Return the last move, None before the first."""
        with self._lock:
            return self._moves[max(self._moves)] if self._moves else None

    def under_way(self) -> Travail | None:
        """Return the work that is being done, None where all of it is."""
        move = self.last()
        return None if move is None or not move.under_way else self.look(move)

    def look(self, move: Move) -> Travail:
        """Return how far the work of a move is now, as far as the database can be read."""
        before = move.travail
        if before.etat == "en_cours":
            with suppress(*DATABASE_ERRORS):
                now = self._measured(move)
                with self._lock:
                    if move.travail is before:
                        # What goes on isn't held up any more.
                        move.travail = now if now == before else replace(now, raison="")
        return move.travail

    def stop(self) -> None:
        """End the waits, with how far the work is; the work ends at its next slice."""
        self._stopping.set()
        self._back_office.stop()
        for move in self._under_way():
            self._settle(move, self.look(move), "interrompu", _STOPPED)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Do nothing of what is due during the block, which brings another state back.

        The work under way isn't taken up again, unless the clock of that state is the one that its
        move has set.
        """
        with self._back_office.held():
            moves = {move: self.look(move) for move in self._under_way()}
            yield
            numero, _ = self._clock.numbered()
            for move, travail in moves.items():
                if move.reglage.numero != numero:
                    self._settle(move, travail, "interrompu", _RESET)

    def _work(self) -> None:
        while moves := self._pending():
            try:
                if self._back_office.catch_up():
                    for move in moves:
                        self._settle(move, self._measured(move), "fait")
                else:
                    self._stopping.wait(_RETRY_SECONDS)
            except DATABASE_ERRORS as error:
                for move in moves:
                    self._settle(
                        move,
                        move.travail,
                        "en_cours",
                        f"{unreachable_sentence(error)}, le simulateur réessaie",
                    )
                self._stopping.wait(_RETRY_SECONDS)
            except Exception:
                _log.exception("Ce qui est dû n'a pas pu être fait ; le back-office recommencera.")
                for move in moves:
                    self._settle(move, self.look(move), "interrompu", _FAILED)

    def _pending(self) -> list[Move]:
        """Return the moves whose work is to be done; without any, there is no worker any more."""
        with self._lock:
            pending = [move for move in self._moves.values() if move.under_way]
            if self._stopping.is_set() or not pending:
                self._worker = None
                return []
            return pending

    def _under_way(self) -> list[Move]:
        with self._lock:
            return [move for move in self._moves.values() if move.under_way]

    def _measured(self, move: Move) -> Travail:
        """Return the work of a move as far as it is; raises what the database does."""
        with self._database.sessions() as session:
            now = measured(session, move.travail)
        return replace(now, publication=self._avancement.phrase)

    def _settle(self, move: Move, travail: Travail, etat: EtatTravail, raison: str = "") -> None:
        """Say how the work of a move, measured as `travail`, stands; what is over stays so."""
        atteint = travail.retombees.fin if etat == "fait" else travail.atteint
        with self._lock:
            if move.under_way:
                move.travail = replace(
                    travail, etat=etat, atteint=atteint, raison=raison, publication=""
                )

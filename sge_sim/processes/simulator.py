"""The state of a simulator, opened once: its database, its journal, its certificates, its clock.

The parent process opens it, and builds what the applications share; each serving process adds its
own connections and threads, which don't cross the fork.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sge_sim.clock import machine_now
from sge_sim.commandes.moving_clock import start_clock
from sge_sim.door.cadence import Cadence
from sge_sim.door.certificats import DefaultCaller, ensure_default_callers
from sge_sim.door.origine import Marques
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.journal import Bounds, Journal
from sge_sim.machine.files import make_private_folder
from sge_sim.machine.shared_memory import Phase
from sge_sim.pki.server_identity import DEFAULT_HOSTS
from sge_sim.pki.trust import Pki, open_pki
from sge_sim.schema.data_folder import prepare
from sge_sim.schema.pieces import Pieces
from sge_sim.settings import Communes, ReformeHc, Settings
from sge_sim.tables.apports import is_installed
from sge_sim.tables.campaigns import last_observed
from sge_sim.tables.plateforme import is_shared

_START_PATIENCE_SECONDS: Final = 15.0
"""Longer than a machine that was suspended may hold the others up."""


@dataclass(frozen=True)
class Simulator:
    """A simulator whose state is open and up to date."""

    settings: Settings
    database: Database
    clock: StoredClock
    pki: Pki
    callers: tuple[DefaultCaller, ...]
    cadence: Cadence
    marques: Marques
    phase: Phase

    def close(self) -> None:
        """Give back the memory that its processes share, and its connections."""
        self.cadence.close()
        self.marques.close()
        self.phase.close()
        self.database.dispose()


def open_simulator(settings: Settings, on_wait: Callable[[], None] = lambda: None) -> Simulator:
    """Open the state of a simulator, making at the first start whatever isn't there.

    One at a time does: `on_wait` is called where another one starts on the same state, whose end
    is waited for. Raises `UsageError` for a folder, a database or certificates that can't be used.
    """
    make_private_folder(settings.data_dir)
    database = Database(settings.database, processes=settings.workers + 1)
    patient = database
    if is_shared(database.engine):  # other machines write meanwhile
        patient = Database(settings.database, patience_seconds=_START_PATIENCE_SECONDS)
    prepare(patient)
    with patient.starting(on_wait):
        pki, callers = _make_ready(settings, patient)
    if patient is not database:
        patient.dispose()
    shared = Cadence(), Marques(), Phase()
    return Simulator(settings, database, StoredClock(database), pki, callers, *shared)


def _make_ready(settings: Settings, database: Database) -> tuple[Pki, tuple[DefaultCaller, ...]]:
    """Make what isn't there, and set the clock; return the certificates and who calls by default.

    Raises `UsageError` as `open_simulator` does.
    """
    journal = Journal.beside(database, settings.data_dir)
    with database.sessions() as session:
        installed = is_installed(session)
        last = last_observed(session)
    bounds = Bounds(settings.journal_max_records, settings.journal_max_bytes)
    journal.prepare(bounds, after_id=last)
    journal.close()
    if not installed:
        # The first start alone needs the data set and what reads it.
        from sge_sim.processes.dataset_installation import install_dataset

        install_dataset(
            database,
            size=settings.population_size,
            seed=settings.population_seed,
            reforme=settings.reforme_hc is ReformeHc.CALENDRIER,
            partout=settings.communes is Communes.TOUTES,
        )
    if settings.grille is not None:
        from sge_sim.facturation.prix import given_grilles

        given_grilles(settings.grille)  # refused now, with its lines
    if settings.dataset is not None:
        from sge_sim.referentiel.apports.sources import import_folder

        import_folder(database, settings.dataset)
    pieces = Pieces(database, settings.data_dir)
    pieces.prepare(settings.cle_plateforme)
    with pieces.changing():
        pki = open_pki(
            settings.data_dir,
            now=machine_now(),
            hosts=(*DEFAULT_HOSTS, *settings.server_name),
            authorities_file=settings.authorities_file,
            authorities_dir=settings.authorities_dir,
        )
        callers = ensure_default_callers(settings.data_dir, database, pki, now=machine_now())
        if settings.data_connect and is_shared(database.engine):
            from sge_sim.dataconnect.tokens import Tokens

            Tokens(settings.data_dir)  # the platform's key, before another one is made
    if settings.now is not None:
        start_clock(StoredClock(database), settings.now, database)
    return pki, callers

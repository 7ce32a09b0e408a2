"""The journal as the rest of the simulator uses it: append, find, drain, keep a mark."""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import gethostname
from typing import Final, TypeVar

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import DBAPIError

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.facts.locks import lock
from sge_sim.facts.outage import DATABASE_ERRORS, unreachable_sentence
from sge_sim.journal import avaries
from sge_sim.journal.avaries import Avarie
from sge_sim.journal.drain import Drainer
from sge_sim.journal.pages import bodies_at
from sge_sim.journal.records import (
    FINISHED,
    VERSION,
    Echange,
    EchangeRecord,
    bilan,
    echange,
    metadata,
    reglage,
    spool,
)
from sge_sim.journal.reponses import Appels, Reponse, count_calls, find_answers, find_rules
from sge_sim.journal.retention import Bounds, forget_some, read_number, set_number, trim_some
from sge_sim.journal.search import RechercheJournal, count_minutes, find, find_one, find_replays
from sge_sim.journal.spool import SpoolWriter, read_header, spool_files
from sge_sim.machine.files import make_private_file

_FILE: Final = "journal.db"
_FOLDER: Final = "journal-en-attente"
_STATE_FILE: Final = "sge-sim.db"
_SCHEMA: Final = "journal"
_MAX_PENDING: Final = 256 * 2**20
_SEEN: Final = "perdus_vus"
_MARK: Final = "marque"
_LIEU: Final = 300
_EVERYTHING: Final = RechercheJournal()

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JournalState:
    """The state of the journal: what it keeps, what isn't stored yet, what is lost."""

    records: int
    bytes: int
    pending_bytes: int
    """What waits in the spools of this machine."""
    missing: int
    """Exchanges that could not be recorded or that the disk spoilt, since the journal was made."""
    acknowledged: bool
    """Whether the user has taken all that is missing as seen (`Journal.acknowledge`)."""
    failure: str | None
    """Why nothing can be stored for now, a French sentence; None where it can."""


class Journal:
    """A journal and its spool; make one per process, after forking, and share it among threads.

    Whoever reads it sees every exchange that was answered on this machine before it asked, by
    whatever process.
    """

    def __init__(
        self, database: Database, folder: Path, *, max_pending: int = _MAX_PENDING
    ) -> None:
        self._database = database
        self._folder = folder
        self._writer = SpoolWriter(folder, max_pending)
        self.append: Callable[[EchangeRecord], None] = self._writer.append
        """Record an exchange; it outlives this process once this returns. Never raises."""
        # A file beside the folder has no other folder; a server's may have many.
        alone = database.engine.dialect.name == "sqlite"
        lieu = "" if alone else f"{gethostname()}:{folder.resolve()}"[-_LIEU:]
        self._drainer = Drainer(database, folder, lieu, max_pending)
        self.pack: Callable[[], None] = self._drainer.pack
        """Pack some of what was left for later, by whoever has nothing better to do."""
        self._failure: str | None = None

    @classmethod
    def beside(
        cls, state: Database, data_dir: Path, *, max_pending: int = _MAX_PENDING
    ) -> "Journal":
        """Return the journal of a simulator.

        With SQLite it stands in a file beside the state's. In PostgreSQL its tables have a schema
        of their own, and what waits to be stored is in `data_dir`, on each machine.
        """
        url = state.engine.url
        if url.get_backend_name() != "sqlite" or url.database is None:
            options = f"{url.query.get('options', '')} -csearch_path={_SCHEMA}".strip()
            return cls(
                Database(url.update_query_dict({"options": options}), state.patience_seconds),
                data_dir / _FOLDER,
                max_pending=max_pending,
            )
        file = Path(url.database)
        prefix = "" if file.name == _STATE_FILE else f"{file.stem}-"
        return cls(
            Database(sqlite_url(file.with_name(prefix + _FILE))),
            file.with_name(prefix + _FOLDER),
            max_pending=max_pending,
        )

    def prepare(self, bounds: Bounds | None = None, *, after_id: int = 0) -> None:
        """Make the tables where they are missing; put `bounds` in force if given.

        Identifiers of a new journal come after `after_id`: campaigns remember those of the one
        that was there before.

        Several processes may call at once. Raises `UsageError` when the database can't be opened
        or is of another version.
        """
        file = self._database.engine.url.database
        on_sqlite = self._database.engine.dialect.name == "sqlite"
        if on_sqlite and file is not None:
            with suppress(OSError):  # opening it says why
                make_private_file(Path(file))
        try:
            if bounds is None and self._is_ready():
                return
            with self._database.writing_connection() as connection, connection.begin():
                lock(connection)
                if not on_sqlite:
                    connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
                _make(connection, after_id)
                if bounds is not None:
                    set_number(connection, "max_records", bounds.max_records)
                    set_number(connection, "max_bytes", bounds.max_bytes)
            if bounds is not None:
                self._in_slices(lambda connection: trim_some(connection, bounds))
        except DBAPIError as error:
            raise UsageError(
                f"le journal {self._database.engine.url.render_as_string()} ne peut pas être "
                f"ouvert ({error.orig}) : vérifier les droits et la place, "
                "le restaurer ou, simulateur arrêté, l'effacer."
            ) from error

    def drain(self) -> None:
        """Store what waits; where that fails, it goes on waiting and a line of log says so."""
        try:
            self._drainer.drain()
        except Exception as error:
            known = isinstance(error, DATABASE_ERRORS)
            reason = unreachable_sentence(error) if known else f"{type(error).__name__} : {error}"
            if self._failure is None:
                _log.error(
                    "Le journal attend d'être rangé : %s.",
                    reason,
                    exc_info=None if known else error,
                )
            self._failure = reason
        else:
            self._failure = None

    def find_echange(self, echange_id: int) -> Echange | None:
        """Return one exchange with its bodies."""
        return self._with_bodies(partial(find_one, echange_id=echange_id))

    def find_echanges(
        self,
        recherche: RechercheJournal = _EVERYTHING,
        *,
        limit: int = 100,
        before_id: int | None = None,
        after_id: int | None = None,
        with_bodies: bool = False,
    ) -> list[Echange]:
        """Return at most `limit` exchanges that agree with every criterion of `recherche`.

        The newest come first; with `before_id`, only those recorded before it: the next page. With
        `after_id`, only those recorded after it, the oldest first: who passes the last identifier
        it got misses none. Bodies are read with `with_bodies` only.
        """
        wanted = partial(
            find, recherche=recherche, limit=limit, before_id=before_id, after_id=after_id
        )
        if with_bodies:
            return self._with_bodies(wanted)
        with self._reading() as connection:
            return wanted(connection)

    def find_replays(self, echange_id: int, limit: int = 20) -> list[int]:
        """Return the numbers of the last exchanges that make this one again, the newest first."""
        with self._reading() as connection:
            return find_replays(connection, echange_id, limit)

    def count_calls(self, services: Collection[str]) -> list[Appels]:
        """Count what is kept of the calls of these services, by actor."""
        with self._reading() as connection:
            return count_calls(connection, services)

    def find_answers(self) -> list[Reponse]:
        """Return what the clients of each actor got of each service, the latest first."""
        with self._reading() as connection:
            return find_answers(connection)

    def count_minutes(
        self, recherche: RechercheJournal, since: int | None = None
    ) -> dict[tuple[int, str], int]:
        """Count exchanges by minute and by outcome: see `count_minutes`."""
        with self._reading() as connection:
            return count_minutes(connection, recherche, since)

    def find_rules(self) -> list[str]:
        """Return the names of the rules that have refused, in their order."""
        with self._reading() as connection:
            return find_rules(connection)

    def newest_id(self) -> int:
        """Return the identifier of the newest exchange, 0 if there is none."""
        with self._reading() as connection:
            return connection.scalar(select(func.max(echange.c.id))) or 0

    def mark(self, nom: str = "") -> None:
        """Keep in mind under a name what is recorded by now, for `forget_after_mark`."""
        newest = self.newest_id()
        with self._database.writing_connection() as connection, connection.begin():
            set_number(connection, _MARK + nom, newest)

    def forget_after_mark(self, nom: str = "") -> None:
        """Delete what was recorded since the mark of that name; nothing if there is none."""
        newest = self.newest_id()
        with self._database.reading() as connection:
            marked = read_number(connection, _MARK + nom)
        if marked is not None:
            self._in_slices(lambda connection: forget_some(connection, marked, newest))

    def _in_slices(self, do_some: Callable[[Connection], bool]) -> None:
        """Do bulk work in short transactions, until there is none left."""
        some_left = True
        while some_left:
            with self._database.writing_connection() as connection, connection.begin():
                lock(connection)
                some_left = do_some(connection)
            if some_left:
                self._database.let_others_write()

    def state(self) -> JournalState:
        """Return how the journal fares; nothing is drained for it."""
        with self._database.reading() as connection:
            records, size = connection.execute(
                select(func.sum(bilan.c.records), func.sum(bilan.c.bytes))
            ).one()
            given_up = self._given_up(connection)
            seen = read_number(connection, _SEEN) or 0
            return JournalState(
                int(records or 0),
                int(size or 0),
                self._drainer.pending_bytes(),
                given_up + avaries.count_missing(connection),
                given_up <= seen and not avaries.count_open(connection),
                self._failure,
            )

    def count_kept(self) -> int:
        """Return how many exchanges are kept; nothing is drained for it."""
        with self._database.reading() as connection:
            return int(connection.scalar(select(func.sum(bilan.c.records))) or 0)

    def avaries(self) -> list[Avarie]:
        """Return what of the files that wait could not be stored, acknowledged or not."""
        with self._reading() as connection:
            return avaries.read_avaries(connection)

    def acknowledge(self) -> None:
        """Take all that is missing by now as seen: the journal is well again."""
        with self._database.writing_connection() as connection, connection.begin():
            avaries.acknowledge(connection)
            set_number(connection, _SEEN, self._given_up(connection))

    def _given_up(self, connection: Connection) -> int:
        """Return how many records could not be written, as far as this process knows."""
        count = (read_number(connection, "perdus") or 0) + self._writer.given_up
        # Those of a file that is to be removed are in the number before.
        finished = set(connection.scalars(select(spool.c.name).where(spool.c.drained == FINISHED)))
        for name in spool_files(self._folder).keys() - finished:
            with suppress(FileNotFoundError):
                count += read_header(self._folder / name).given_up
        return count

    def close(self) -> None:
        """Let go of the file and of the connections."""
        self._writer.close()
        self._database.dispose()

    def _with_bodies(self, read: Callable[..., T]) -> T:
        """Return what `read` finds, with bodies: those that are packed meanwhile are looked for
        again, and are lost where they aren't found then."""
        bodies = partial(bodies_at, self._folder)
        try:
            with self._reading() as connection:
                return read(connection, bodies=bodies)
        except FileNotFoundError:
            with self._reading() as connection:
                return read(connection, bodies=partial(bodies, again=True))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Give a connection that sees one consistent journal, everything answered included."""
        self.drain()
        with self._database.sessions() as session:
            yield session.connection()

    def _is_ready(self) -> bool:
        with self._database.reading() as connection:
            if not inspect(connection).has_table(reglage.name):
                return False
            return read_number(connection, "version") == VERSION


def _make(connection: Connection, after_id: int) -> None:
    metadata.create_all(connection)
    version = read_number(connection, "version")
    if version is None:
        set_number(connection, "avant", after_id)
    elif version != VERSION:
        raise UsageError(
            f"ce journal vient d'une autre version de sge-sim (schéma {version}) : l'effacer, ou "
            "prendre cette version."
        )
    set_number(connection, "version", VERSION)

"""Opens the database: SQLite in the data directory, PostgreSQL by URL for several machines."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from sqlite3 import Connection as SQLiteConnection
from sqlite3 import Error as SQLiteError
from sqlite3 import OperationalError as SQLiteOperationalError
from typing import Any
from weakref import finalize

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.errors import UsageError
from sge_sim.facts import locks
from sge_sim.facts.editions import CountedEditions, Editions, SqliteEditions
from sge_sim.facts.locks import BULK_LOCK, RETURN_LOCK, START_LOCK, Exclusivite, WaitingRoom
from sge_sim.facts.memoire import Memoire
from sge_sim.machine import monde
from sge_sim.machine.files import locked
from sge_sim.settings.database_url import without_password
from sge_sim.tables.ecritures import count_writing
from sge_sim.tables.prepared import Driver, raise_as_operational

PATIENCE_SECONDS = 2.0
"""Nobody writes for as long as a second; who asks for a page or types a command is told in five."""

# Connections kept per process; twice as many in a rush.
_POOL_SIZE = 20
# Statements that a connection to SQLite keeps prepared, at some 12 kB each.
_STATEMENTS = 64
# What computes for long in a server (a purge, a new population) says nothing meanwhile.
_PATIENCES_OF_SILENCE = 6
# A PostgreSQL server takes 100 unless told otherwise, 3 of which are for its administrators.
_SERVER_CONNECTIONS = 90
_PRAGMAS = (
    # With the journal of `switch_to_wal` the writer syncs at checkpoints only: a crash of the
    # machine may lose the last commits, a crash of the process loses none.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)
_WAIT_MS = "PRAGMA busy_timeout = %d"
_RETRY_SECONDS = 0.001
# SQLite gives its lock to who asks at the right time, not to who has waited longest.
_TURN_MS = 25.0
_TURNS = 3
_BULK_FILE = ".lock"
_BEGIN = "sqlite_begin"
_BEGIN_WRITING = "BEGIN IMMEDIATE"


def sqlite_url(path: Path) -> URL:
    """Return the URL of the SQLite file at `path`."""
    return URL.create("sqlite", database=str(path))


class Database:
    """A database and its connections; one per process, shared by its threads.

    >>> database = Database("sqlite:///sge-sim.db")
    >>> prepare(database)  # sge_sim.schema.data_folder
    >>> with database.sessions() as session:
    ...     point = find_point(session, "25946599093143")
    >>> dossier = database.memoire.look().lire(prm="25946599093143").dossier

    `patience_seconds` is how long a statement waits for others, or a look for a server that doesn't
    answer, before it fails with one of `DATABASE_UNREACHABLE`; other statements let a PostgreSQL
    server work for six times as long without a word. `processes` is how many share that server.

    Raises `UsageError` for a URL that can't be understood.
    """

    def __init__(
        self, url: str | URL, patience_seconds: float = PATIENCE_SECONDS, processes: int = 1
    ) -> None:
        self.patience_seconds = patience_seconds
        try:
            self.engine, self._editions, self._waiting = _opened(
                make_url(url), patience_seconds, processes
            )
        except (ArgumentError, NoSuchModuleError, ValueError) as error:
            shown = without_password(str(url))
            raise UsageError(
                f"« {shown} » n'est pas l'adresse d'une base : écrire par exemple "
                "sqlite:////chemin/sge-sim.db ou postgresql+psycopg://hôte/base."
            ) from error
        except ModuleNotFoundError as error:
            raise UsageError(
                f"le pilote de cette base manque : installer le module Python « {error.name} »."
            ) from error
        # Every transaction ends at the one seam, whoever commits it.
        setattr(self.engine.dialect, "do_commit", lambda driver: monde.commit(driver))  # noqa: B010
        # A transaction that is to write says so from its first statement: one that starts by
        # reading is refused at once, without waiting, when another wrote in the meantime.
        self._writing = self.engine.execution_options(**{_BEGIN: _BEGIN_WRITING})
        self._reading = self.engine.execution_options(**{_BEGIN: None})
        # SQLite's readers see one state by themselves.
        self._consistent = (
            self.engine
            if self.engine.dialect.name == "sqlite"
            else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )
        self.memoire = Memoire(self._editions)
        self.exclusivite = Exclusivite(self.engine, self.transaction)
        """The right to publish, where several machines share the database."""
        # A test that lets go of its database without a word leaves no connection open.
        finalize(self, _close_idle, self._editions, self.engine).atexit = False

    @contextmanager
    def sessions(self, *, at_length: bool = False) -> Iterator[Session]:
        """Give a session that reads one consistent state; what it changes is dropped.

        `at_length`: a PostgreSQL server may gather what is asked for as long as it takes.
        """
        with Session(self._consistent) as session, ExitStack() as stack:
            if at_length and self.engine.dialect.name != "sqlite":
                stack.enter_context(Driver.under(session).at_length())
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that writes: committed at the end, rolled back by an exception.

        One at a time: it begins once the one before has ended.
        """
        with Session(self._writing) as session, session.begin():
            session.connection()
            if self.engine.dialect.name != "sqlite":
                count_writing(Driver.under(session))
            yield session

    @contextmanager
    def exclusive_transaction(self) -> Iterator[Session]:
        """Give a transaction that no other process runs at the same time."""
        with self.transaction() as session:
            locks.lock(session.connection())
            yield session

    @contextmanager
    def alone(self, *, wait: bool = True) -> Iterator[bool]:
        """Let one process at a time go past this point, for as long as it takes, and give True.

        It holds up those that ask for the same only: bulk work goes on in short transactions.
        Without `wait`, give False at once where another one goes on.
        """
        with self._lock(BULK_LOCK, _BULK_FILE, wait=wait) as alone:
            yield alone

    @contextmanager
    def coming_back(self, *, wait: bool = True) -> Iterator[bool]:
        """Let one process at a time bring a state back and have the journal forget what came after
        it, and give True; without `wait`, give False at once where another one does."""
        with self._lock(RETURN_LOCK, ".return.lock", wait=wait) as alone:
            yield alone

    def who_is_alone(self) -> str:
        """Return the name of the process that goes on, by `alone`."""
        if self.engine.dialect.name == "sqlite":
            return (self._folder / _BULK_FILE).read_text()
        with self.reading() as connection:
            return locks.holder_of(connection, BULK_LOCK)

    @contextmanager
    def starting(self, on_wait: Callable[[], None]) -> Iterator[None]:
        """Let one simulator at a time start on this database; `on_wait` is called where another
        one does, whose end is then waited for, however it ends."""
        with self._lock(START_LOCK, ".start.lock", wait=False) as alone:
            if alone:
                yield
                return
        on_wait()
        with self._lock(START_LOCK, ".start.lock", wait=True):
            yield

    @contextmanager
    def _lock(self, name: int, file: str, *, wait: bool) -> Iterator[bool]:
        """Hold one of the locks that are held for long: PostgreSQL's, or a file beside SQLite's."""
        if self.engine.dialect.name == "sqlite":
            with locked(self._folder, file, wait=wait) as alone:
                yield alone
            return
        with self.engine.connect() as connection:
            Driver.of(connection).connection.silence_seconds = None
            connection.detach()  # closed at the end, which gives the lock back
            yield locks.lock_for_long(connection, name, wait=wait)

    @property
    def _folder(self) -> Path:
        """The folder of an SQLite file."""
        assert self.engine.url.database is not None
        return Path(self.engine.url.database).absolute().parent

    def let_others_write(self, worked_ms: float = 0.0) -> None:
        """Leave the lock to those who wait for it, between two slices of bulk work.

        Until nobody does, or for three times as long as the slice before has lasted: where others
        always wait, bulk work has a quarter of the lock. PostgreSQL serves who waits in turn.
        """
        if self._waiting is None:
            return
        started = stopwatch()
        while not self._waiting.is_empty() and elapsed_ms(started) < _turn(worked_ms):
            monde.sleep(_RETRY_SECONDS)

    def let_others_work(self, worked_ms: float) -> None:
        """Leave the lock and the machine to others, for three times as long as a slice has lasted.

        For what goes on unasked beside calls that read.
        """
        if self._waiting is not None:
            monde.sleep(_turn(worked_ms) / 1000)

    def settle_bulk_writes(self) -> None:
        """Have the database take note of many rows that were written.

        SQLite gives back the disk that they took beside the file, where nobody reads it now.
        PostgreSQL counts its tables, and notes the pages that all may see: it keeps a plan made
        when they were small, by which each question goes through all of their rows.
        """
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                monde.checkpoint(Driver.of(connection).connection)
            return
        alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with alone.connect() as connection, Driver.of(connection).at_length():
            connection.detach()  # closed at the end, with how long it waits
            # The server's own upkeep, which a long import always meets, gives way after a second;
            # while it counts a table, pages written since can't be noted: it is ended first.
            connection.exec_driver_sql("SET lock_timeout = 0")
            connection.exec_driver_sql("ANALYZE")
            connection.exec_driver_sql("VACUUM")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for a single query, without the cost of a transaction."""
        with self._reading.connect() as connection:
            yield connection

    def writing_connection(self) -> Connection:
        """Return a connection whose transactions write; the caller closes it."""
        return self._writing.connect()

    def dispose(self) -> None:
        """Close the idle connections: before forking, and at the end.

        A connection must not cross a fork. Those that are needed later are opened anew.
        """
        self.exclusivite.close()
        _close_idle(self._editions, self.engine)


def _turn(worked_ms: float) -> float:
    """Return for how long (ms) others have the lock after a slice of bulk work."""
    return max(_TURN_MS, _TURNS * worked_ms)


def _close_idle(editions: Editions, engine: Engine) -> None:
    editions.close()
    engine.dispose()


def _opened(
    url: URL, patience_seconds: float, processes: int
) -> tuple[Engine, Editions, WaitingRoom | None]:
    if url.get_backend_name() == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise UsageError(
                "une base en mémoire ne se partage pas entre les processus : indiquer un fichier."
            )
        waiting = WaitingRoom(Path(url.database))
        engine = _sqlite_engine(url, patience_seconds, waiting)
        return engine, SqliteEditions(engine), waiting
    # One more than the pool's is kept, to look at the edition of the state.
    kept = max(1, min(_POOL_SIZE, (_SERVER_CONNECTIONS // processes - 1) // 2))
    engine = create_engine(
        url,
        pool_size=kept,
        max_overflow=kept,
        pool_timeout=patience_seconds,
        # Those that a server has dropped when it stopped are replaced before they are used.
        pool_pre_ping=True,
        pool_reset_on_return=None,  # `bound_waits` does it
        hide_parameters=True,
    )
    looking = create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
    )
    from sge_sim.tables.postgresql import bound_waits  # loads the driver, which SQLite does without

    bound_waits(engine, patience_seconds, silence_seconds=patience_seconds * _PATIENCES_OF_SILENCE)
    bound_waits(looking, patience_seconds, silence_seconds=patience_seconds)
    return engine, CountedEditions(engine, looking), None


def _sqlite_engine(url: URL, patience_seconds: float, waiting: WaitingRoom) -> Engine:
    # What was written isn't told with what went wrong: it may be somebody's.
    engine = create_engine(
        url,
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_SIZE,
        pool_use_lifo=True,  # in turn, each would come to keep every statement
        connect_args={"cached_statements": _STATEMENTS},
        hide_parameters=True,
    )
    event.listen(
        engine, "do_connect", lambda _dialect, _record, args, named: monde.connect(*args, **named)
    )
    event.listen(engine, "connect", partial(_configure_sqlite, patience_seconds))
    event.listen(engine, "begin", partial(_begin_sqlite, patience_seconds, monde.Lock(), waiting))
    event.listen(engine, "handle_error", _undo_failed_commit)
    event.listen(engine, "handle_error", raise_as_operational, retval=True)
    return engine


def _configure_sqlite(patience_seconds: float, connection: SQLiteConnection, _record: Any) -> None:
    # The driver must not begin transactions by itself: it would begin them too late.
    connection.isolation_level = None
    connection.execute(_WAIT_MS % (patience_seconds * 1000))
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    _switch_to_wal(connection, patience_seconds)


def _switch_to_wal(connection: SQLiteConnection, patience_seconds: float) -> None:
    """Do it when the others are done: SQLite doesn't wait while several do it to a new file."""
    started = stopwatch()
    while True:
        try:
            monde.switch_to_wal(connection)
        except SQLiteOperationalError:
            if elapsed_ms(started) > patience_seconds * 1000:
                raise
            monde.sleep(_RETRY_SECONDS)
        else:
            return


def _begin_sqlite(
    patience_seconds: float, first: monde.Lock, waiting: WaitingRoom, connection: Connection
) -> None:
    begin = connection.get_execution_options().get(_BEGIN, "BEGIN")
    if begin == _BEGIN_WRITING:
        _take_lock(connection, patience_seconds, first, waiting)
    elif begin is not None:
        Driver.of(connection).run(begin)


def _take_lock(
    connection: Connection, patience_seconds: float, first: monde.Lock, waiting: WaitingRoom
) -> None:
    """Begin to write, once nobody does.

    SQLite would ask for its lock ever more seldom, and miss the moments between two slices. One
    thread of the process asks at a time, `first`: the others come after it, in turn.
    """
    started = stopwatch()
    is_first = first.acquire(timeout=patience_seconds)
    driven: Any = connection.connection.driver_connection
    driven.execute(_WAIT_MS % 0)
    try:
        if _begins(connection, patient=True):
            return
        with waiting.entered():
            while not _begins(connection, elapsed_ms(started) < patience_seconds * 1000):
                monde.sleep(_RETRY_SECONDS)
    finally:
        if is_first:
            first.release()
        driven.execute(_WAIT_MS % (patience_seconds * 1000))


def _begins(connection: Connection, patient: bool) -> bool:
    """Begin to write and return True; False where another one does, which is raised at last."""
    try:
        monde.begin_writing(connection.connection.driver_connection)
    except SQLiteError as error:
        busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY
        if not busy or not patient:
            Driver.of(connection).raise_as_sqlalchemy(_BEGIN_WRITING, error)
        return False
    return True


def _undo_failed_commit(context: ExceptionContext) -> None:
    """Give back the lock of a transaction that couldn't be committed (a full disk).

    SQLite keeps it open, to be tried again; on a connection that isn't given back to the pool it
    would lock everybody out for good.
    """
    if context.statement is None and context.connection is not None:
        driver: Any = context.connection.connection.dbapi_connection
        if driver.in_transaction:
            driver.rollback()

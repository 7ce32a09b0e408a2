"""A PostgreSQL server of the tests' own, made by its programs: it can be stopped, and frozen."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from running_simulator import RunningSimulator, start_simulator, suspended
from sqlalchemy import create_engine, make_url, text

OWNER = "nobody"
"""Who runs the server where the tests are run by root, whom PostgreSQL refuses."""
NOW = "2025-08-01T10:00"


SERVER = "SGE_SIM_POSTGRESQL"
"""The variable that names a server on which databases may be made, as a SQLAlchemy URL."""


@contextmanager
def new_database(purpose: str) -> Iterator[str]:
    """Make a database on that server, dropped after the block."""
    server, name = make_url(os.environ[SERVER]), f"sge_sim_{purpose}_{os.getpid()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@contextmanager
def two_simulators(
    folder: Path, database_url: str, *options: str
) -> Iterator[list[RunningSimulator]]:
    """Start two simulators of one platform: the second is given the key of the first."""
    given = ("--database-url", database_url, "--population-size", "0", "--now", NOW, *options)
    key = ("--cle-plateforme", str(folder / "first" / "plateforme.cle"))
    with (
        start_simulator(folder / "first", *given) as first,
        start_simulator(folder / "second", *given, *key) as second,
    ):
        yield [first, second]


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server of its own, in `folder`."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://sge@127.0.0.1:{self.port}/postgres"

    def new_database(self, database: str, **query: str) -> str:
        """Make a database, and return its URL."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {database}"))
        engine.dispose()
        made = make_url(self.url).set(database=database).update_query_dict(query)
        return made.render_as_string(hide_password=False)

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = str(self.folder / "log.txt")
        self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-o", options, "-l", log)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self._data))

    def make(self) -> None:
        options = ("-U", "sge", "--auth=trust", "-E", "UTF8", "--no-sync")
        self._run("initdb", "-D", str(self._data), *options)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have it stopped in the block, whoever it was working for."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def frozen(self) -> AbstractContextManager[None]:
        """Have none of its processes run in the block, as when its machine is suspended."""
        return suspended(int((self._data / "postmaster.pid").read_text().split()[0]))

    @property
    def log(self) -> str:
        """What it wrote."""
        return (self.folder / "log.txt").read_text()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [program_of(program), *arguments],
            cwd=self.folder,
            user=OWNER if os.getuid() == 0 else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server would keep a pipe open
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        assert done.returncode == 0, (program, arguments)


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Make a server for as long as it is used, and run it unless the test stops it."""
    folder = Path(tempfile.mkdtemp(prefix="sge-sim-pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, OWNER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Cluster(folder, port)
    try:
        made.make()
        made.start()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop()
        shutil.rmtree(folder)


def program_of(name: str) -> str:
    """Return where a program of the server is; Debian keeps them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        pytest.skip(f"no {name} here: the server's programs are needed, on this machine")
    return program

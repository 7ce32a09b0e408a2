"""What a served simulator asks of the world passes the seams: sources are read for ways around."""

import ast
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from made_states import prepared_database
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from sge_sim import clock
from sge_sim.facts.database import Database
from sge_sim.machine import monde
from sge_sim.machine.files import write_atomically
from sge_sim.tables.comptages import Quota, QuotaCounts

PACKAGE: Final = Path(__file__).parents[2] / "sge_sim"

FORBIDDEN: Final[Mapping[str, str]] = {
    "os": "open fdopen write writev pwrite pwritev truncate ftruncate posix_fallocate fsync "
    "fdatasync sync sendfile copy_file_range splice replace rename renames link symlink unlink "
    "remove removedirs rmdir mkdir makedirs mkfifo mknod chmod fchmod chown fchown utime lockf "
    "fork forkpty kill killpg system popen posix_spawn posix_spawnp execv execve execvp spawnv "
    "_exit abort urandom getrandom",
    "fcntl": "flock lockf fcntl",
    "time": "sleep",
    "threading": "Lock RLock Condition Event Semaphore BoundedSemaphore Barrier Thread Timer",
    "_thread": "*",
    "queue": "*",
    "concurrent.futures": "ThreadPoolExecutor ProcessPoolExecutor",
    "multiprocessing": "Process Pool Lock Event Queue get_context",
    "subprocess": "*",
    "tempfile": "*",
    "shutil": "copy copy2 copyfile copytree move rmtree make_archive unpack_archive",
    "sqlite3": "connect dbapi2",
    "sqlalchemy": "create_engine engine_from_config",
    "ftplib": "FTP FTP_TLS",
    "asyncssh": "connect",
    "socket": "create_connection",
    "http.client": "HTTPConnection HTTPSConnection",
    "urllib.request": "*",
    "secrets": "token_bytes token_hex token_urlsafe randbelow choice",
    "uuid": "uuid1 uuid4",
    "random": "SystemRandom seed random randrange randint choice choices shuffle randbytes",
    "io": "open FileIO",
    "gzip": "open GzipFile",
    "numpy": "save savez savez_compressed savetxt memmap",
    "logging": "FileHandler",
    "builtins": "open",
    "*": "write_bytes write_text unlink rename mkdir rmdir touch symlink_to hardlink_to chmod "
    "commit backup executescript",
}
"""What nobody names but the seams, by the module that has it; `*`: all of it. Last, the methods of
paths and connections, whoever has them; of `replace` and `open`, those that write (`writes`)."""

WORDS: Final = {module: set(words.split()) for module, words in FORBIDDEN.items()}

STATEMENTS: Final = re.compile(r"(COMMIT|END|BEGIN (IMMEDIATE|EXCLUSIVE)|VACUUM)\b|PRAGMA .*wal")
"""What SQLite keeps, or waits for, without a method."""

EXCEPTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "cli/homologation_targets.py": ("tempfile", "a command: the folder of a simulator of its own"),
    "cli/outils_mcp.py": ("subprocess", "an assistant's tool runs our own command"),
    "cli/variantes.py": ("subprocess tempfile", "a command plays a tester's program"),
    "facts/database.py": (
        "create_engine BEGIN VACUUM",
        "where SQLAlchemy is brought to the seams; by name in errors, and on PostgreSQL",
    ),
    "facts/locks.py": ("commit", "a connection of SQLAlchemy's, which ends at the seam"),
    "flux/canal_sftp.py": ("rename", "on the server, over a connection of the seam"),
    "flux/canaux.py": ("rename", "on the server, over a connection of the seam"),
    "homologation/client/own_simulator.py": (
        "mkdir unlink open subprocess sleep",
        "a client starts the simulator that it calls",
    ),
    "homologation/doctor/network.py": ("HTTPSConnection", "a client looks at a platform"),
    "machine/monde.py": ("*", "the seams"),
    "processes/serving_note.py": ("HTTPConnection", "a command asks the simulator that serves"),
    "tables/apports.py": ("create_engine", "a file without a name, gone with what is tried there"),
    "transport/child.py": ("write", "to the pipe of its parent"),
    "transport/loop.py": ("write", "to a pipe between its threads"),
}
"""Where else, what, and why."""


def ways_around(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of what a module does to the world by itself."""
    nodes = list(nodes_of(ast.parse(source)))
    known: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                known[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                if is_forbidden(name):
                    yield node.lineno, name
    read = {id(node.func) for node in nodes if isinstance(node, ast.Call) and only_reads(node)}
    for node in nodes:
        if isinstance(node, ast.Call) and (name := writes(node)):
            yield node.lineno, name
        elif isinstance(node, ast.Constant) and (statement := STATEMENTS.match(str(node.value))):
            yield node.lineno, statement[0].split()[0]
        elif isinstance(node, ast.Attribute):
            first, _, rest = dotted(node).partition(".")
            if first != "monde" and node.attr in WORDS["*"]:
                yield node.lineno, node.attr
            name = f"{known.get(first, '')}.{rest}"
            if is_forbidden(name) and id(node) not in read:
                yield node.lineno, name


def nodes_of(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield a tree and all that it holds, but what is imported for types alone."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, ast.If) and dotted(node.test) == "TYPE_CHECKING"):
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def dotted(node: ast.AST) -> str:
    """Return a name with those of its members; `""` for what isn't one."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def is_forbidden(name: str) -> bool:
    """Tell whether a dotted name is of something forbidden, or of one of its members."""
    parts = name.split(".")
    for count in range(1, len(parts)):
        words = WORDS.get(".".join(parts[:count]), ())
        if "*" in words or parts[count] in words:
            return True
    return False


def only_reads(call: ast.Call) -> bool:
    """Tell whether a call is of `os.open` to read."""
    if dotted(call.func) != "os.open" or len(call.args) < 2:
        return False
    flags = {dotted(node) for node in ast.walk(call.args[1]) if isinstance(node, ast.Attribute)}
    return "os.O_RDONLY" in flags and not flags & {"os.O_CREAT", "os.O_TRUNC"}


def writes(call: ast.Call) -> str:
    """Return how a call opens a file to write, or renames one; `""` where it doesn't."""
    function = call.func
    if dotted(function) == "open":
        name, rank = "open", 1
    elif isinstance(function, ast.Attribute) and dotted(function.value) not in ("monde", "os"):
        name, rank = function.attr, 0
    else:
        return ""
    if name == "replace" and len(call.args) == 1 and not call.keywords:
        return name
    modes = [
        *call.args[rank : rank + 1],
        *(each.value for each in call.keywords if each.arg == "mode"),
    ]
    mode = "".join(str(each.value) for each in modes if isinstance(each, ast.Constant))
    known = name == "open" and set(mode) <= set("rwxabt+") and set(mode) & set("wxa+")
    return name if known else ""


def test_nothing_goes_around_the_seams() -> None:
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).as_posix()
        excused = EXCEPTIONS.get(file, ("", ""))[0].split()
        for line, name in ways_around(path.read_text("utf-8")):
            if "*" not in excused and not set(name.split(".")) & set(excused):
                found.setdefault(file, []).append(f"{line} {name}")
    assert found == {}


@pytest.mark.parametrize("file", EXCEPTIONS)
def test_each_exception_is_needed(file: str) -> None:
    names = [name for _, name in ways_around((PACKAGE / file).read_text("utf-8"))]
    words = {word for name in names for word in name.split(".")}
    assert set(EXCEPTIONS[file][0].split()) - words - {"*"} == set()


@pytest.mark.parametrize(
    "line",
    [
        "open('a', 'w')",
        "open('a', mode='ab')",
        "Path('a').open('r+')",
        "path.write_bytes(b'')",
        "path.replace(other)",
        "path.unlink(missing_ok=True)",
        "stack.callback(path.unlink)",
        "from pathlib import Path; map(Path.rmdir, folders)",
        "run('COMMIT')",
        "run('PRAGMA wal_checkpoint(FULL)')",
        "connection.commit()",
        "import os; os.replace('a', 'b')",
        "import os; os.open('a', os.O_RDWR)",
        "import os; act = os.fsync",
        "from os import replace as r",
        "from threading import Lock",
        "import threading as t; t.Event()",
        "import time; time.sleep(1)",
        "import sqlite3; sqlite3.connect('a')",
        "import concurrent.futures; concurrent.futures.ThreadPoolExecutor()",
        "import multiprocessing.context; multiprocessing.get_context('spawn')",
        "import subprocess; subprocess.run([])",
        "def act():\n    from tempfile import mkstemp",
    ],
)
def test_a_way_around_is_found(line: str) -> None:
    assert list(ways_around(line)) != []


@pytest.mark.parametrize(
    "line",
    [
        "open('a')",
        "Path('a').open('rb')",
        "archive.open(info, 'w')",
        "text.replace('a', 'b')",
        "instant.replace(hour=1)",
        "replace(dataclass)",
        "monde.unlink(path)",
        "import os; os.open('a', os.O_RDONLY)",
        "import threading; threading.get_ident()",
        "if TYPE_CHECKING:\n    from subprocess import Popen",
    ],
)
def test_what_passes_the_seams_or_only_reads_is_not(line: str) -> None:
    assert list(ways_around(line)) == []


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = prepared_database(tmp_path / "sge-sim.db")
    yield database
    database.dispose()


WRITE: Final = text("UPDATE ecriture SET instant = instant")
QUOTA: Final = Quota("cle", 1, 100)


def by_transaction(database: Database) -> None:
    with database.transaction() as session:
        session.execute(WRITE)


def by_connection(database: Database) -> None:
    with database.writing_connection() as connection, connection.begin():
        connection.execute(WRITE)


def by_engine(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(WRITE)


@pytest.mark.parametrize("write", [by_transaction, by_connection, by_engine])
def test_a_transaction_ends_at_the_seam_and_one_that_cannot_gives_its_lock_back(
    database: Database, monkeypatch: pytest.MonkeyPatch, write: Callable[[Database], None]
) -> None:
    committed: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(monde, "commit", full(committed))
        with pytest.raises(OperationalError, match="full"):
            write(database)
    assert len(committed) == 1
    write(database)


def test_a_count_that_cannot_be_kept_refuses_none_that_come_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = QuotaCounts(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(monde, "commit", full([]))
        with pytest.raises(sqlite3.OperationalError, match="full"):
            counts.take([QUOTA])
    assert counts.take([QUOTA]) is None
    counts.close()


def full(committed: list[Any]) -> Callable[[Any], None]:
    """Return what commits on a full disk."""

    def fail(connection: Any) -> None:
        committed.append(connection)
        raise sqlite3.OperationalError("database or disk is full")

    return fail


def test_a_seam_is_looked_up_when_it_is_called(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(name: str) -> Callable[..., Any]:
        real = getattr(monde, name)
        return lambda *given, **named: (asked.append(name), real(*given, **named))[1]

    names = ["open", "flock", "ftruncate", "fdopen", "fsync", "fchmod", "replace", "connect"]
    for name in [*names, "switch_to_wal", "begin_writing", "commit", "checkpoint"]:
        monkeypatch.setattr(monde, name, noted(name))
    write_atomically(tmp_path / "file", b"whole")
    assert list(dict.fromkeys(asked)) == [*names[:2], "fchmod", *names[2:5], "replace"]
    asked.clear()
    by_transaction(database)
    database.settle_bulk_writes()
    assert asked == ["connect", "switch_to_wal", "begin_writing", "commit", "checkpoint"]
    instant = clock.start_of_day(clock.PREMIER_JOUR)
    monkeypatch.setattr(clock, "read_instant", instant.astimezone)
    assert clock.machine_now() == instant


def test_a_temporary_file_is_new_and_its_owner_s_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monde, "new_name", lambda: "name")
    handle, path = monde.new_file(tmp_path, "a-", ".new")
    with monde.fdopen(handle, "wb"):
        assert path == tmp_path / "a-name.new"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        monde.new_file(tmp_path, "a-", ".new")

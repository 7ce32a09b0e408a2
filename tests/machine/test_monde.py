"""What a served simulator asks of the world passes the seams: sources are read for ways around."""

import ast
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
    "sqlite3": "connect",
    "sqlalchemy": "create_engine",
    "ftplib": "FTP FTP_TLS",
    "asyncssh": "connect",
    "socket": "create_connection",
    "http.client": "HTTPConnection HTTPSConnection",
    "urllib.request": "*",
    "secrets": "token_bytes token_hex token_urlsafe randbelow choice",
    "uuid": "uuid1 uuid4",
    "random": "SystemRandom seed random randrange randint choice choices shuffle randbytes",
    "io": "open FileIO",
    "builtins": "open",
}
"""What nobody names but the seams, by the module that has it; `*`: all of it."""

METHODS: Final = (
    "write_bytes write_text unlink rename mkdir rmdir touch symlink_to hardlink_to chmod commit "
    "backup executescript"
)
"""Methods of paths and connections, whoever has them; of `replace` and `open`, those that write."""

EXCEPTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "cli/homologation_targets.py": ("tempfile", "a command: the folder of a simulator of its own"),
    "cli/outils_mcp.py": ("subprocess", "an assistant's tool runs our own command"),
    "cli/variantes.py": ("subprocess tempfile", "a command plays a tester's program"),
    "facts/database.py": ("create_engine", "where SQLAlchemy is brought to the seams"),
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
    tree = _WithoutTypes().visit(ast.parse(source))
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                known[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                if is_forbidden(known[alias.asname or alias.name]):
                    yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Call) and (name := writes(node)):
            yield node.lineno, name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            name = f"{known.get(first, '')}.{rest}"
            if is_forbidden(name) and not (name == "os.open" and only_reads(node.lineno, tree)):
                yield node.lineno, name


class _WithoutTypes(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else self.generic_visit(node)


def is_forbidden(name: str) -> bool:
    """Tell whether a dotted name is of something forbidden, or of one of its members."""
    parts = name.split(".")
    for count in range(1, len(parts)):
        words = FORBIDDEN.get(".".join(parts[:count]), "").split()
        if "*" in words or parts[count] in words:
            return True
    return False


def only_reads(line: int, tree: ast.AST) -> bool:
    """Tell whether each `os.open` of a line is given `O_RDONLY`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno == line]
    opens = [ast.unparse(call) for call in calls if ast.unparse(call.func) == "os.open"]
    return all("O_RDONLY" in call and "O_CREAT" not in call for call in opens) and bool(opens)


def writes(call: ast.Call) -> str:
    """Return the method by which a call changes a file, a folder or a database; `""`: none."""
    function, given = call.func, [ast.unparse(each) for each in call.args]
    given += [ast.unparse(each.value) for each in call.keywords if each.arg == "mode"]
    if isinstance(function, ast.Name):
        name, given = function.id, given[1:]
    elif isinstance(function, ast.Attribute) and ast.unparse(function.value) not in ("monde", "os"):
        name = function.attr
    else:
        return ""
    if isinstance(function, ast.Attribute) and name in METHODS.split():
        return name
    if name == "replace" and len(given) == 1 and not call.keywords:
        return name if isinstance(function, ast.Attribute) else ""
    mode = given[0].strip("'\"") if name == "open" and given else ""
    return name if set(mode) <= set("rwxabt+") and set(mode) & set("wxa+") else ""


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

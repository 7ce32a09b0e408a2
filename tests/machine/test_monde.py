"""What a served simulator asks of the world passes the seams: sources are read for ways around."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

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

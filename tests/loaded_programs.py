"""Programs in processes of their own that don't load their modules again at each start.

A process that has loaded them forks for each call: half a second or more is saved, several hundred
times in a suite. The fork has the arguments, the environment, the folder and the outputs of the
call, and ends as any process. What a cold start does is proved where one is asked for.
"""

import atexit
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import re
import resource
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

COSTS = "SGE_SIM_COSTS"
"""The variable that names the folder where each process notes what it computed (`make costs`)."""
TEST = "SGE_SIM_COSTS_TEST"
PROGRAMS = "SGE_SIM_PROGRAMS"
"""The variable that names the folder where the processes of a suite share the loaded programs."""
_LARGEST = 1 << 20
_LARGE_PAGE = 1 << 21
_COLLAPSE = 25  # of madvise, since Linux 6.1
_WARMED = {
    "sge_sim": "import held_lock, refused_rules, shared_statements\n"
    "held_lock.watch(); refused_rules.watch(); shared_statements.share_statements()\n"
    "from sge_sim.mesures.communs import make_common_tables; make_common_tables()\n"
    "from sge_sim.homologation.catalogue.release import list_releases, load_release\n"
    "for name in list_releases(): load_release(name)\n"
    "from sge_sim.admin.pages import _templates; pages = _templates().env\n"
    "for name in pages.list_templates(): pages.get_template(name)\n"
    "from sge_sim import cli; from sge_sim.cli.french import speak_french; speak_french()\n"
    "for name in cli.commands.list_commands(None): cli.commands.get_command(None, name)\n"
    "from warmed_up import use_once; use_once()",
    "lowatt_enedis": "import rich.console, rich.json, suds.client, lowatt_enedis as client\n"
    "class Kept(dict): put = dict.__setitem__\n"
    "kept = Kept(); suds.client.DefinitionsReader.cache = lambda _: kept\n"
    "for service in {each[0] for each in client.COMMAND_SERVICE.values()}:\n"
    "    suds.client.Client(client.wsdl(service), plugins=[client._SetChoicePlugin()])",
}
"""What each program does at its first use, and always in the same way: done before the forks."""
_LEFT_OUT = re.compile(r"\.(__main__|cli)\b")


def run_module(
    module: str,
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str] | None = None,
    before: str = "",
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module` and return its exit code and what it wrote.

    `before` is Python that the process runs first, as a `sitecustomize` does. Raises
    `subprocess.TimeoutExpired`, the process killed, after `timeout` seconds.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        program = start_module(module, arguments, out, err, environ=environ, before=before)
        try:
            code = program.wait(timeout)
        except subprocess.TimeoutExpired:
            program.kill()
            raise
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess([module, *arguments], code, out.read(), err.read())


class Program:
    """A program that runs: it has the methods of a `subprocess.Popen`."""

    def __init__(self, name: str, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self._name = name
        self._connection = connection
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, if it has ended."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None) -> int:
        """Return the exit code; raise `subprocess.TimeoutExpired` after `timeout` seconds."""
        if self._code is None:
            self._connection.settimeout(timeout)
            try:
                self._code = os.waitstatus_to_exitcode(int(self._connection.recv(32)))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(self._name, timeout) from None
            self._connection.close()
        return self._code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def start_module(
    module: str,
    arguments: Sequence[str],
    out: IO[str],
    err: IO[str],
    *,
    environ: Mapping[str, str] | None = None,
    before: str = "",
    address: str = "",
) -> Program:
    """Start `python -m module`, which writes to `out` and `err`; `before` is as above.

    pytest is forked from the process that has loaded sge_sim, whose plugin it uses. The process at
    `address` is asked if it is given.
    """
    call = {
        "module": module,
        "arguments": list(arguments),
        "environ": dict(os.environ if environ is None else environ),
        "folder": str(Path.cwd()),
        "before": before,
    }
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(address or _server("sge_sim" if module == "pytest" else module))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LARGEST)
    socket.send_fds(connection, [json.dumps(call).encode()], [out.fileno(), err.fileno()])
    return Program(module, int(connection.recv(32)), connection)


def note(**costs: Any) -> None:
    """Note what a process computed, where a run is measured; several write into one file."""
    if COSTS in os.environ:
        with (Path(os.environ[COSTS]) / "costs").open("a") as file:
            file.write(json.dumps(costs) + "\n")


def computed(who: int) -> float:
    """Return the seconds of processor of this process, or of its children that ended."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def share_programs() -> None:
    """Have the programs that this process and its children load be the same, and end with it."""
    if PROGRAMS not in os.environ:
        folder = os.environ[PROGRAMS] = tempfile.mkdtemp(prefix="programs")
        os.mkfifo(f"{folder}/end")
        os.open(f"{folder}/end", os.O_RDWR)  # open until this process ends


def interpreter(module: str) -> str:
    """Return a program that stands for Python where others start `python -m module` by it."""
    return f"{_server(module)}.python"


def put_program(folder: Path) -> Path:
    """Put a `sge-sim` into a folder, for shells, and return it."""
    program = folder / "sge-sim"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {interpreter("sge_sim")} -m sge_sim "$@"\n')
    program.chmod(0o755)
    return program


def _stand_in(address: str, module: str, *arguments: str) -> NoReturn:
    program = start_module(module, arguments, sys.stdout, sys.stderr, address=address)
    signal.signal(signal.SIGTERM, lambda number, _: os.kill(program.pid, number))
    sys.exit(program.wait(None))


@cache
def _server(module: str) -> str:
    """Have a process load a program, unless one has; return the address at which it takes calls."""
    share_programs()
    address = Path(os.environ[PROGRAMS]) / module
    with Path(f"{address}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            program = Path(f"{address}.python")
            program.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {__file__} {address} "$@"\n')
            program.chmod(0o755)
            command = [sys.executable, __file__, str(address), module]
            with address.with_name("end").open() as end:
                subprocess.run(command, stdin=end, stdout=subprocess.DEVNULL, check=True)
    return str(address)


def _serve(address: str, module: str) -> None:
    """Load a program, then take calls in a process that lasts until its input ends."""
    _load(module)
    running: dict[int, tuple[int, socket.socket, str | None]] = {}
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen(64)
        if os.fork():
            os._exit(0)
        while True:
            readable, _, _ = select.select([listener, 0, *running], [], [])
            if 0 in readable:
                return
            for ended in running.keys() & readable:
                pid, connection, test = running.pop(ended)
                os.close(ended)
                _, status, used = os.wait4(pid, 0)
                note(test=test, forked=used.ru_utime + used.ru_stime)
                with connection, suppress(OSError):  # who called may be gone
                    connection.send(str(status).encode())
            if listener in readable:
                connection, _ = listener.accept()
                content, outputs, _, _ = socket.recv_fds(connection, _LARGEST, 2)
                call = json.loads(content)
                pid = os.fork()
                if pid == 0:
                    for kept in (listener, connection, *(each for _, each, _ in running.values())):
                        kept.close()
                    _run(call, outputs)
                for output in outputs:
                    os.close(output)
                running[os.pidfd_open(pid)] = pid, connection, call["environ"].get(TEST)
                with suppress(OSError):
                    connection.send(str(pid).encode())


def _load(module: str) -> None:
    """Import a program with what it may come to import.

    Its commands come last: click gives each its words as it is imported, in the language of then.
    """
    package = importlib.import_module(module)
    for found in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{module}."):
        if not _LEFT_OUT.search(found.name):
            importlib.import_module(found.name)
    exec(_WARMED.get(module, ""), {})
    gc.collect()
    gc.freeze()
    _make_pages_large()


def _make_pages_large() -> None:
    """Have the memory be of large pages, where Linux can: a fork and its end cost a third then."""
    import ctypes  # who stands in for Python has no use for it

    size, madvise = ctypes.c_size_t, ctypes.CDLL(None).madvise
    for line in Path("/proc/self/maps").read_text().splitlines():
        bounds, rights, *_, name = f"{line} ".split(" ", 5)
        if rights == "rw-p" and name.strip() in ("", "[heap]"):
            first, end = (int(bound, 16) // _LARGE_PAGE for bound in bounds.split("-"))
            for page in range(first + 1, end):
                madvise(size(page * _LARGE_PAGE), size(_LARGE_PAGE), _COLLAPSE)


def _run(call: dict[str, Any], outputs: list[int]) -> NoReturn:
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    for number, given in enumerate(outputs, start=1):
        os.dup2(given, number)
        os.close(given)
    os.environ.clear()
    os.environ.update(call["environ"])
    time.tzset()
    os.chdir(call["folder"])
    sys.argv = [call["module"], *call["arguments"]]
    exec(call["before"], {})
    code: object = 0
    try:
        runpy.run_module(call["module"], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    # To take all the modules down, as an interpreter does, would last longer than the call.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    if sys.argv[2] == "-m":
        _stand_in(sys.argv[1], *sys.argv[3:])
    _serve(*sys.argv[1:])

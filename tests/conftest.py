import gc
import os
import shutil
import signal
import sys
import tempfile
from multiprocessing.util import Finalize
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import held_lock
import refused_rules
from loaded_programs import share_programs
from running_simulator import kept_open, start_simulator
from shared_statements import share_statements

gc.disable()  # until all tests are collected, of which nothing is garbage
LONG_MODULES = (
    "clients/test_lowatt_catalogue.py",
    "homologation/test_homologate.py",
    "services/test_facts_are_never_stale.py",
    "flux/test_publication.py",
)
"""Those that would keep one process busy at the end, while the others have nothing left."""
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 8 * 2**30
"""A whole run leaves a fifth of this."""


def pytest_configure(config: pytest.Config) -> None:
    """Watch transactions and refusals; the processes of the suite share folders and programs."""
    # What has a target of its own may need more, and devices.
    suite = config.option.markexpr.startswith("not ")
    if suite and "TMPDIR" not in os.environ and has_room(MEMORY):
        write_in(tempfile.mkdtemp(prefix="sge-sim", dir=MEMORY))
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # `nohup make test` ignores it, and a server too
    share_statements()
    share_programs()
    for watching in (held_lock, refused_rules):
        if watching.FOLDER not in os.environ:
            os.environ[watching.FOLDER] = tempfile.mkdtemp(prefix=watching.__name__)
        watching.watch()


def has_room(memory: Path) -> bool:
    """Tell whether programs and all that tests write have a place in memory."""
    return (
        memory.is_dir()
        and shutil.disk_usage(memory).free > MEMORY_BYTES
        and not os.statvfs(memory).f_flag & os.ST_NOEXEC
    )


def write_in(folder: str) -> None:
    """Have tests and programs write to a folder that goes at the end: a database waits for a disk
    each time that it is closed. `TMPDIR=/tmp` keeps what a failing test wrote."""
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    Path(folder).chmod(0o711)  # a server of PostgreSQL is another user's
    Finalize(None, shutil.rmtree, (folder, True), exitpriority=-200)  # after multiprocessing's


def faults(config: pytest.Config) -> list[str]:
    """Return the transactions that held the lock for too long and, of a whole run, the rules that
    refused nothing."""
    found = held_lock.too_long(Path(os.environ[held_lock.FOLDER]))
    if refused_rules.is_whole(config):
        noted = Path(os.environ[refused_rules.FOLDER])
        found += [f"{name} n'a rien refusé" for name in refused_rules.never_refused(noted)]
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run where there are faults, though each test passed."""
    if faults(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the faults."""
    for line in faults(terminalreporter.config):
        terminalreporter.write_line(line, red=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the long modules first, where several processes share them."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    first = [str(Path(__file__).parent / name) for name in LONG_MODULES]
    items.sort(key=lambda item: str(item.path) not in first)


def pytest_collection_finish() -> None:
    """Hide the suite's own objects from the collector of garbage: a fifth of its time."""
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


simulator = kept_open(start_simulator, scope="session")
"""One simulator of the homologation platform for the whole session, in the present."""

"""Memory that was freed."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from sge_sim.machine import memory
from sge_sim.machine.memory import FreedMemory, give_back_freed_memory

_BLOCK = 100_000

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="glibc alone keeps what is freed"
)

_TAKE_TURNS = """
import sys, threading
from pathlib import Path
from sge_sim.machine.memory import share_freed_memory

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

def work():
    for _ in range(2):
        at_work.wait()
        with turn:
            blocks = [b"x" * 100_000 for _ in range(100)]
            kept.append(bytes(1000))
            del blocks

if sys.argv[1] == "shared":
    share_freed_memory()
turn, at_work, kept = threading.Lock(), threading.Barrier(16), []
threads = [threading.Thread(target=work) for _ in range(16)]
before = resident_mb()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(resident_mb() - before)
"""


def test_what_is_freed_between_things_that_live_is_given_back() -> None:
    blocks = [b"x" * _BLOCK for _ in range(500)]
    kept = blocks[::50]
    del blocks
    before = _resident_bytes()
    give_back_freed_memory()
    assert before - _resident_bytes() > 400 * _BLOCK
    assert len(kept) == 10


_LET_GO = """
import mmap, sys
from pathlib import Path
import numpy
from sge_sim.machine.mapped import read_mapped, write_mapped
from sge_sim.machine.memory import give_back_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4

write_mapped(Path(sys.argv[1]), "key", numpy.arange(2**20))
table = read_mapped(Path(sys.argv[1]), "key")
seen, before = int(table.sum()), resident()
give_back_freed_memory()
print(before - resident())
assert int(table.sum()) == seen
"""


def test_pages_of_files_are_let_go_of_and_found_again(tmp_path: Path) -> None:
    """8 MB of a table; what is read after is the same."""
    command = [sys.executable, "-c", _LET_GO, str(tmp_path / "table")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(run.stdout) > 7_000


def test_it_is_given_back_once_a_minute_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, given_back = [0.0], list[float]()
    monkeypatch.setattr(memory, "stopwatch", lambda: seconds[0])
    monkeypatch.setattr(memory, "elapsed_ms", lambda since: (seconds[0] - since) * 1000)
    monkeypatch.setattr(memory, "give_back_freed_memory", lambda: given_back.append(seconds[0]))
    freed = FreedMemory()
    for seconds[0] in (1, 59, 60, 61, 119, 121, 300):
        freed.give_back_in_time()
    assert given_back == [60, 121, 300]


def test_what_a_thread_freed_serves_the_others() -> None:
    """Each of 16 threads takes 10 MB in its turn, and keeps next to nothing."""
    assert _grown_mb("shared") < 20
    assert _grown_mb("apart") > 60  # what this machine does of itself


def _grown_mb(how: str) -> float:
    run = subprocess.run(
        [sys.executable, "-c", _TAKE_TURNS, how], capture_output=True, text=True, check=True
    )
    return float(run.stdout)


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096

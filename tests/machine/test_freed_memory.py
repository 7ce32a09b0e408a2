"""Memory that was freed."""

import platform
from pathlib import Path

import pytest

from sge_sim.machine.freed_memory import give_back_freed_memory

_BLOCK = 100_000


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc alone keeps what is freed")
def test_what_is_freed_between_things_that_live_is_given_back() -> None:
    blocks = [b"x" * _BLOCK for _ in range(500)]
    kept = blocks[::50]
    del blocks
    before = _resident_bytes()
    give_back_freed_memory()
    assert before - _resident_bytes() > 400 * _BLOCK
    assert len(kept) == 10


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096

"""What a control group, of either version, leaves to this process: containers are run in one.

Its files are where `/proc/self/cgroup` says or, in a container without a view of its own, on top.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_GROUPS: Final = Path("/proc/self/cgroup")
_TOP: Final = Path("/sys/fs/cgroup")
_PROCESS_BYTES: Final = 200 * 2**20


def processes_at_most() -> int:
    """Return how many processes are to share long work: those that have a core and 200 MiB each,
    beside as much for the simulator; one at least."""
    cores, room = float(len(os.sched_getaffinity(0))), float("inf")
    if quota := _read("cpu", "cpu.max") or _read("cpu", "cpu.cfs_quota_us", "cpu.cfs_period_us"):
        cores = min(cores, quota[0] / quota[1])
    if most := _read("memory", "memory.max") or _read("memory", "memory.limit_in_bytes"):
        room = most[0] / _PROCESS_BYTES - 1
    return max(1, int(min(cores, room)))


def _read(controller: str, *files: str) -> list[int]:
    """Return the numbers that the files hold, none where they don't bound anything."""
    with suppress(OSError, ValueError):
        for line in _GROUPS.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers and controller not in controllers.split(","):
                continue
            base = _TOP / controller if controllers else _TOP
            for folder in (base / path.strip("/"), base):
                with suppress(OSError, ValueError):
                    found = [
                        int(each) for name in files for each in (folder / name).read_text().split()
                    ]
                    return found if found[0] > 0 else []
    return []

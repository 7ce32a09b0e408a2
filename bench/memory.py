"""What the processes of a simulator weigh: their PSS, in which shared pages count once in all."""

import os
from pathlib import Path


def pss_megabytes(pid: int) -> float:
    """Return the sum of PSS, in MB, of process `pid` and of all its descendants (Linux)."""
    return sum(_pss(one) for one in _family(pid)) / 1000


def _family(pid: int) -> list[int]:
    parents = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                status = Path(entry.path, "stat").read_text()
            except OSError:
                continue  # it has just ended
            parents[int(entry.name)] = int(status.rpartition(")")[2].split()[1])
    family = [pid]
    for one in family:
        family += [child for child, parent in parents.items() if parent == one]
    return family


def _pss(pid: int) -> int:
    """Return the PSS of one process, in kB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0

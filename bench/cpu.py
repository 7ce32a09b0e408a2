"""The processor's seconds of processes: a busy machine spoils them less than those of the wall.

They are user and system time, in hundredths. What ran beside makes them grow all the same, by a
tenth to a half: the cores share their caches.
"""

import os
import resource
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def family_of(pid: int) -> list[int]:
    """Return a process and all its descendants, each after its parent, in the order of their
    start."""
    parents = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except OSError:
                continue  # it has just ended
    family = [pid]
    for member in family:
        family += sorted(child for child, parent in parents.items() if parent == member)
    return family


def spent_by(pid: int) -> float:
    """Return the seconds that a process has spent, its children apart."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def spent_by_children() -> float:
    """Return the seconds of those children of this process that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Spending:
    """What a simulator of so many workers spends from now on, and apart from it the driver."""

    def __init__(self, pid: int, workers: int) -> None:
        _, *processes = family_of(pid)  # the supervisor starts them in this order
        self._roles = {
            "worker": processes[:workers],
            "administration": processes[workers : workers + 1],
        }
        self._driver = spent_by_children()
        self._before = self._now()

    def by_call(self, calls: int) -> dict[str, float]:
        """Return the milliseconds of each role for one call of so many."""
        now, before = self._now(), self._before
        return {role: (now[role] - before[role]) * 1000 / calls for role in now}

    def _now(self) -> dict[str, float]:
        spent = {role: sum(map(spent_by, pids)) for role, pids in self._roles.items()}
        return {**spent, "driver": spent_by_children()}


def _stat(pid: int) -> list[str]:
    """Return the fields of a process behind its name: its state is the first."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()

"""How long a second start takes, from the command to the moment when both listeners accept."""

import statistics
import time
from pathlib import Path

from sge_sim.homologation.own_simulator import own_simulator

_STARTS = 7


def second_start(data_dir: Path) -> float:
    """Return the median number of seconds of a start in a folder that has served before."""
    with own_simulator(data_dir):
        pass
    return statistics.median(_start(data_dir) for _ in range(_STARTS))


def _start(data_dir: Path) -> float:
    started = time.perf_counter()
    with own_simulator(data_dir):
        return time.perf_counter() - started

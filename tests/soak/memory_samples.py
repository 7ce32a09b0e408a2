"""What each process of a simulator weighs while it is used, and whether that grows."""

import subprocess
import threading
import time
from dataclasses import dataclass, field
from statistics import median

from running_simulator import RunningSimulator

PERIOD_SECONDS = 2.0
_EDGE = 6
"""A sixth of the samples at each end stands for it: a burst of work passes."""


@dataclass
class Weights:
    """The resident memory of each process, in MB, sampled until told to stop."""

    simulator: RunningSimulator
    samples: list[tuple[float, dict[str, float]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Weights":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def growth(self, seconds: float) -> dict[str, tuple[float, float]]:
        """Return what each process weighed as the last `seconds` began, and as they end.

        Raises `AssertionError` where a process was replaced meanwhile.
        """
        since = self.samples[-1][0] - seconds
        window = [each for instant, each in self.samples if instant >= since]
        names = set(window[0])
        assert all(set(each) == names for each in window), "a process was replaced"
        edge = max(1, len(window) // _EDGE)
        return {
            name: (
                median(each[name] for each in window[:edge]),
                median(each[name] for each in window[-edge:]),
            )
            for name in sorted(names)
        }

    def _watch(self) -> None:
        while not self._over.wait(PERIOD_SECONDS):
            self.samples.append((time.monotonic(), _weigh(self.simulator.process.pid)))


def _weigh(root: int) -> dict[str, float]:
    """Return the processes by their names: the workers are forked first."""
    listed = subprocess.check_output(["ps", "-eo", "pid=,ppid=,rss="], text=True)
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    weights = {pid: rss / 1024 for pid, parent, rss in rows if root in (pid, parent)}
    *workers, administration = sorted(set(weights) - {root})
    names = {root: "supervisor", administration: "administration"}
    names |= {pid: f"worker {number}" for number, pid in enumerate(workers, 1)}
    return {f"{names[pid]} ({pid})": weight for pid, weight in weights.items()}

"""What the processes of a simulator weigh: their PSS, in which shared pages count once in all.

A page of a library counts less where others have it open too, this process among them: where
nothing else of Python runs the sums are above, by twenty-five megabytes at most.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from bench.cpu import family_of
from bench.load import Driver, http_messages
from sge_sim.homologation.client.own_simulator import own_simulator

_STEP = 10_000
_SETTLED_SECONDS = 3.0


@dataclass(frozen=True)
class Footprint:
    """MB of PSS of all the processes: started and left alone, after one call, after many."""

    started: float
    first_call: float
    loaded: float
    calls: int


def footprint(
    driver: Driver,
    data_dir: Path,
    path: str,
    messages: Sequence[bytes],
    options: Sequence[str],
    *,
    calls: int = 100_000,
    tell: Callable[[int, Mapping[int, float]], None] = lambda _calls, _processes: None,
) -> Footprint:
    """Return what a simulator of `data_dir` weighs as `calls` calls to `path` go by.

    `options` are those of `sge-sim serve`. `messages` come over and over. `tell` is given the MB
    of each process every 10 000 calls.
    """
    with own_simulator(data_dir, options) as simulator:
        pid = simulator.process.pid
        requests = http_messages(simulator.ready, path, messages)

        def settled() -> dict[int, float]:
            time.sleep(_SETTLED_SECONDS)  # what waits for the journal is stored
            return by_process(pid)

        weighed = [settled()]
        tell(0, weighed[-1])
        driver.run(simulator.ready, requests[:1], 1.0, connections=1, how="once")
        weighed.append(settled())
        tell(1, weighed[-1])
        coming, done = cycle(requests), 1
        while done < calls:
            part = [next(coming) for _ in range(min(_STEP, calls - done))]
            load = driver.run(simulator.ready, part, 1.0, how="once")
            assert not load.errors, load
            done += len(part)
            weighed.append(settled())
            tell(done, weighed[-1])
    first, second, *_, last = (sum(weights.values()) for weights in weighed)
    return Footprint(first, second, last, done)


def by_process(pid: int) -> dict[int, float]:
    """Return the PSS, in MB, of process `pid` and of each of its descendants."""
    return {member: _pss(member) / 1000 for member in family_of(pid)}


def _pss(pid: int) -> int:
    """Return the PSS of one process, in kB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0

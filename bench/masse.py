"""Files in bulk by one process and by two: what each takes, and whether they are the same.

`python -m bench.masse 100000` prints the wall and the CPU of `sge-sim flux masse` over a day of so
many points; the machine is to have nothing else to do.
"""

import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from bench.publication import JOUR, make_state
from bench.usage import parser_of
from sge_sim.clock import elapsed_ms, stopwatch

_POINTS = 100_000
_FLUX = ("R50,R151", "R63B,R64B")
_FASTER, _DEARER = 1.7, 1.05
"""How many times as fast two processes are to be, and how much more CPU they may take."""


@dataclass(frozen=True)
class Made:
    """What making the files took, in seconds, and what they are."""

    wall: float
    cpu: float
    files: int
    digest: str


def make(state: Path, folder: Path, points: int, flux: str, workers: int) -> Made:
    """Make the files of a day, by so many processes."""
    command = [
        *(sys.executable, "-m", "sge_sim", "flux", "masse", "--data-dir", str(state)),
        *("--points", str(points), "--du", str(JOUR), "--au", str(JOUR + timedelta(1))),
        *("--flux", flux, "--workers", str(workers), "--sortie", str(folder)),
    ]
    before, started = _cpu(), stopwatch()
    subprocess.run(command, check=True, capture_output=True)
    wall, cpu = elapsed_ms(started) / 1000, _cpu() - before
    digest = sha256()
    paths = sorted(folder.iterdir())
    for path in paths:
        digest.update(path.name.encode() + path.read_bytes())
    return Made(wall, cpu, len(paths), digest.hexdigest())


def _cpu() -> float:
    """Return the seconds of all processes that have ended, those of the processes' own too."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Make a state, then the files of each pair of flux, by one process and by two."""
    parser = parser_of("bench.masse", __doc__)
    parser.add_argument("points", nargs="?", type=int, default=_POINTS)
    points: int = parser.parse_args().points
    with tempfile.TemporaryDirectory() as name:
        state = Path(name) / "state"
        state.mkdir()
        make_state(state, points)
        for flux in _FLUX:
            alone, both = (
                make(state, Path(name) / f"{flux} {workers}", points, flux, workers)
                for workers in (1, 2)
            )
            assert alone.digest == both.digest, "the files are the same"
            for workers, made in enumerate((alone, both), 1):
                print(
                    f"{points} points, {flux}, {workers} of 2: {made.wall:.1f} s, "
                    f"{made.cpu:.1f} s of CPU, {made.files} files",
                    flush=True,
                )
            print(
                f"{alone.wall / both.wall:.2f} x as fast (at least {_FASTER}), "
                f"{both.cpu / alone.cpu:.3f} x the CPU (at most {_DEARER}), the same bytes",
                flush=True,
            )


if __name__ == "__main__":
    main()

"""`python -m bench`: prints the figures; about 40 seconds."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.calls import NOW
from bench.in_process import measure
from bench.load import CONNECTIONS, rate
from bench.start import second_start
from sge_sim.homologation.client.own_simulator import own_simulator

SECONDS = 3.0


def main() -> None:
    """Measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        ready, answered = second_start(Path(folder) / "start")
        print(f"second start, both listeners accepting     {ready:7.2f} s, median")
        print(f"second start, first call answered          {answered:7.2f} s, median")
        data_dir = Path(folder) / "load"
        in_process, answer = measure(data_dir)
        print(f"7-day C5 curve, {len(answer)} bytes of SOAP")
        print(f"in process (validated, ruled, journaled)   {in_process:7.2f} ms, median")
        with own_simulator(data_dir, ["--now", NOW, "--population-size", "0"]) as simulator:
            simulated = rate(simulator.ready, SECONDS)
            target = dict(simulator.ready)
        with _fixed_server(data_dir, len(answer), target) as fixed:
            ready_bytes = rate(fixed, SECONDS)
        print(f"over mTLS, {CONNECTIONS} keep-alive connections      {simulated:7.0f} calls/s")
        print(f"the same server, ready bytes               {ready_bytes:7.0f} calls/s")
        print(f"share of the server's own rate             {simulated / ready_bytes:7.0%}")


@contextmanager
def _fixed_server(
    data_dir: Path, size: int, target: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    command = [sys.executable, "-m", "bench.fixed_server", str(data_dir), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield {**target, "b2b_url": process.stdout.readline().strip()}
        finally:
            process.terminate()


if __name__ == "__main__":
    main()

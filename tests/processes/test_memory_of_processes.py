"""A call is tried before the processes are forked: they share what it loads, and nobody sees it."""

import time
from pathlib import Path

import pytest
from in_process import simulator_in_process
from running_simulator import processes_of, start_simulator

from bench.calls import PATH, request
from sge_sim.clock import parse_instant
from sge_sim.journal import Journal
from sge_sim.processes.b2b_process import b2b_application, try_application
from sge_sim.transport.message import Request, Response

pytestmark = pytest.mark.assumed("what a process takes is ours")

TOTAL_MB = 116
"""What isn't of a file, in all of them: 108 were seen, 124 where each learns by itself."""
CALL_MB = 7
"""What a first call adds to it in its worker: 4 were seen, 10 where each learns by itself."""


@pytest.mark.parametrize("now", ["2025-08-01T10:00", "2026-12-15T10:00", "2028-03-01T10:00"])
def test_the_call_that_is_tried_is_answered_and_leaves_no_trace(tmp_path: Path, now: str) -> None:
    with simulator_in_process(tmp_path, now=parse_instant(now)) as room:
        simulator, answers = room.simulator, list[Response]()
        application = b2b_application(simulator)

        def answered(request: Request) -> Response:
            answers.append(application(request))
            return answers[-1]

        try_application(answered, simulator)
        assert answers[0].status == 200, answers[0].content
        assert answers[0].content.count(b"<points>") == 7 * 48
        assert Journal.beside(simulator.database, tmp_path).newest_id() == 0
        assert not (tmp_path / "pannes.compteurs").exists()


def test_processes_share_what_a_call_loads(tmp_path: Path) -> None:
    options = ("--now", "2025-08-01T10:00", "--workers", "1")
    with start_simulator(tmp_path, *options, cold=True) as simulator:
        processes = processes_of(simulator.process.pid)
        time.sleep(3)  # the back office has made its first round
        started = [anonymous_mb(pid) for pid in processes]
        assert simulator.post(PATH, request().decode()).status_code == 200
        time.sleep(1)
        called = [anonymous_mb(pid) for pid in processes]
    print(f"\n{started} then {called} MB")
    assert sum(called) < TOTAL_MB
    assert called[1] - started[1] < CALL_MB, "the worker is forked first"


def anonymous_mb(pid: int) -> float:
    """The PSS of a process that isn't of a file."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    (kb,) = (line.split()[1] for line in lines if line.startswith("Pss_Anon:"))
    return int(kb) / 1000

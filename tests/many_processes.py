"""Processes that tests start at once: fresh ones, that don't load the program again each."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from typing import Any

PROCESSES: ForkServerContext = get_context("forkserver")
"""Each is forked from one that has no thread, no connection and nothing of the test."""
PROCESSES.set_forkserver_preload(
    [
        "pytest",
        "sge_sim.processes.dataset_installation",
        "sge_sim.services.registry",
        "sge_sim.journal",
        "sqlalchemy.dialects.sqlite",
    ]
)


def run_at_once(number: int, target: Callable[..., None], *arguments: Any) -> None:
    """Run so many processes of a function at once; each must end well."""
    processes = [PROCESSES.Process(target=target, args=arguments) for _ in range(number)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * number

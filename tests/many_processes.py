"""Processes that tests start at once: fresh ones, that don't load the program again each."""

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

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

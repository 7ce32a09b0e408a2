"""Hours of use in minutes: clients that never stop, a clock that runs ahead, a bounded memory."""

import json
import os
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
import requests
from catalogue_requests import RELEASE, path_of, request_of
from lxml import etree
from running_simulator import RunningSimulator, start_simulator

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("SGE_SIM_SOAK_SECONDS", "180"))
CLIENTS = 3
RECORDS = 2000
GROWTH_MB = 40
"""What memory may grow by once everything was called: allocators keep what they had."""


class Use:
    """Clients and an administrator at work until told to stop; `wrong` keeps what went wrong."""

    def __init__(self, simulator: RunningSimulator) -> None:
        self.simulator = simulator
        self.calls = 0
        self.wrong: list[object] = []
        self.over = threading.Event()
        login, contrat_id = simulator.login, simulator.ready["contrat_id"]
        self._messages = [
            (path_of(case), etree.tostring(request_of(case, login, contrat_id)))
            for case in RELEASE.cas
        ]
        self._threads = [
            *(threading.Thread(target=self._call) for _ in range(CLIENTS)),
            threading.Thread(target=self._advance),
        ]

    def __enter__(self) -> "Use":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        with self.simulator.session_of("tiers") as session:
            while not self.over.is_set():
                for path, message in self._messages:
                    answer = session.post(
                        self.simulator.url + path,
                        message,
                        headers={"Content-Type": "text/xml"},
                        timeout=60,
                    )
                    self.calls += 1
                    if answer.status_code not in (200, 500) or b'"SGT500"' in answer.content:
                        self.wrong.append((path, answer.status_code, answer.text[:500]))

    def _advance(self) -> None:
        clock = self.simulator.ready["admin_url"] + "/api/clock"
        while not self.over.wait(1):
            moved = requests.post(clock, json={"action": "advance", "duree": "12h"}, timeout=120)
            if moved.status_code != 200:
                self.wrong.append(moved.text)


def test_the_simulator_serves_on_within_its_memory(tmp_path: Path) -> None:
    options = ("--environment", "production", "--journal-max-records", str(RECORDS))
    with start_simulator(tmp_path, "--now", RELEASE.reference.isoformat(), *options) as simulator:
        with Use(simulator) as use:
            time.sleep(SECONDS / 3)
            before, calls_before = simulator.memory_mb(), use.calls
            time.sleep(SECONDS * 2 / 3)
            after, calls_after = simulator.memory_mb(), use.calls
        listed = simulator.command("journal", "list", "--limit", "10000", "--json")
        kept = Counter(one["kind"] for one in json.loads(listed.stdout))
        print(f"\n{calls_after} calls, {before} then {after} MB")
    assert use.wrong == []
    assert calls_after > 2 * calls_before
    assert after - before < GROWTH_MB
    assert RECORDS <= kept["soap"] <= RECORDS + 100  # the bound is of each kind
    assert kept["flux"] <= RECORDS + 100
    assert "Traceback" not in (tmp_path / "log.txt").read_text()

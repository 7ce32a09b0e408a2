"""Hours of use in minutes: clients that never stop, a clock that runs ahead, a browser.

`SGE_SIM_SOAK_SECONDS=3600` shows that memory is flat; a run of minutes, that it isn't far from it.
"""

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
from memory_samples import Weights
from running_simulator import XML, RunningSimulator, start_simulator

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("SGE_SIM_SOAK_SECONDS", "180"))
CLIENTS = 3
RECORDS = 2000
GROWTH_MB = 2 + 10 * max(0.0, 1 - SECONDS / 3600)
"""What a process may grow by in the second half: in minutes, not all has been used yet."""
PAGES = (
    *("/", "/journal", "/points", "/points/25946599093143", "/services", "/fichiers", "/demandes"),
    *("/campaigns", "/acteurs", "/certificats", "/codes", "/consentements", "/pannes"),
    *("/api/journal?limit=1000", "/api/settings", "/metrics", "/health"),
)


class Use:
    """Clients, an administrator and a browser at work until told to stop.

    `wrong` keeps what went wrong.
    """

    def __init__(self, simulator: RunningSimulator) -> None:
        self.simulator = simulator
        self.calls = self.looked_at = 0
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
            threading.Thread(target=self._browse),
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
        url = self.simulator.url
        with self.simulator.session_of("tiers") as session:
            while not self.over.is_set():
                for path, message in self._messages:
                    answer = session.post(url + path, message, headers=XML, timeout=60)
                    self.calls += 1
                    if answer.status_code not in (200, 500) or b'"SGT500"' in answer.content:
                        self.wrong.append((path, answer.status_code, answer.text[:500]))

    def _advance(self) -> None:
        later = {"action": "advance", "duree": "12h"}
        while not self.over.wait(1):
            moved = self.simulator.ask("POST", "/api/clock", json=later)
            if moved.status_code != 200:
                self.wrong.append(moved.text)

    def _browse(self) -> None:
        home = self.simulator.ready["admin_url"]
        with requests.Session() as session:
            while not self.over.wait(1):
                newest = session.get(home + "/api/journal", params={"limit": 5}, timeout=60).json()
                exchanges = [f"/echanges/{each['id']}" for each in newest]
                for path in (*PAGES, *exchanges):
                    answer = session.get(home + path, timeout=60)
                    self.looked_at += 1
                    forgotten = answer.status_code == 404 and path in exchanges
                    if answer.status_code != 200 and not forgotten:
                        self.wrong.append((path, answer.status_code, answer.text[:500]))


def test_the_simulator_serves_on_within_its_memory(tmp_path: Path) -> None:
    options = ("--environment", "production", "--journal-max-records", str(RECORDS))
    workers = ("--workers", "2")
    start = RELEASE.reference.isoformat()
    with start_simulator(tmp_path, "--now", start, *options, *workers, cold=True) as simulator:
        with Weights(simulator) as weights, Use(simulator) as use:
            time.sleep(SECONDS / 2)
            calls_before = use.calls
            time.sleep(SECONDS / 2)
            calls_after = use.calls
        listed = simulator.command("journal", "list", "--limit", "10000", "--json")
        kept = Counter(each["kind"] for each in json.loads(listed.stdout))
    growth = weights.growth(SECONDS / 2)
    print(f"\n{calls_after} calls, {use.looked_at} pages; in the last {SECONDS / 2:g} s, MB:")
    for name, (before, after) in growth.items():
        print(f"{name}: {before:.1f} then {after:.1f}, {after - before:+.1f}")
    assert use.wrong == []
    assert calls_after > calls_before * 1.3
    assert {name: grown for name, grown in growth.items() if grown[1] - grown[0] > GROWTH_MB} == {}
    assert RECORDS <= kept["soap"] <= RECORDS + 100  # the bound is of each kind
    assert kept["flux"] <= RECORDS + 100
    assert "Traceback" not in (tmp_path / "log.txt").read_text()

"""What the administration keeps in memory, of pages that many threads made of hostile messages."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from running_simulator import RunningSimulator, start_simulator

from sge_sim.soap.contract import ENVELOPE

BROWSERS = 8
MESSAGES = 25
NAMES = 5000
"""Names of a message that no other one has."""
GROWTH_MB = 15
PAGES = ("/", "/journal", "/points", "/codes", "/acteurs", "/fichiers", "/campaigns", "/echanges/1")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator to which a client has sent names that are always new."""
    folder = tmp_path_factory.mktemp("recorded")
    with start_simulator(folder, "--population-size", "0", cold=True) as running:
        for number in range(MESSAGES):
            content = "".join(f"<e{number:x}x{each:04}/>" for each in range(NAMES))
            body = f'<s:Body><r xmlns="u">{content}</r></s:Body>'
            message = f'<s:Envelope xmlns:s="{ENVELOPE}">{body}</s:Envelope>'
            running.post("/RecherchePoint/v2.0", message)
        yield running


def look(running: RunningSimulator, paths: Sequence[str]) -> None:
    """Have all the browsers ask for all the pages, as fast as they come."""

    def browse() -> None:
        with requests.Session() as session:
            for path in paths:
                answer = session.get(running.ready["admin_url"] + path, timeout=120)
                assert answer.status_code == 200, path

    with ThreadPoolExecutor(BROWSERS) as pool:
        for browser in [pool.submit(browse) for _ in range(BROWSERS)]:
            browser.result()


@pytest.mark.soak
def test_no_thread_keeps_the_names_that_it_met(recorded: RunningSimulator) -> None:
    look(recorded, PAGES * 3)
    before = recorded.memory_mb()
    look(recorded, [f"/echanges/{number}" for number in range(1, MESSAGES + 1)])
    after = recorded.memory_mb()
    print(f"\n{BROWSERS * MESSAGES} pages: {before} then {after} MB")
    assert after - before < GROWTH_MB

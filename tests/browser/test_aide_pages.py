"""Every page of the site that `make site` built, as `/aide` serves it: wide and narrow.

It fits, axe finds nothing, nothing is asked for elsewhere, no link is dead; the search finds.
"""

import re
from html import unescape
from urllib.parse import urldefrag, urljoin
from zipfile import ZipFile

import pytest
import requests
from browsing import complaints, every_look, requested_addresses, show, too_wide
from running_simulator import RunningSimulator
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from test_every_page import LOOKS_FOR_AXE, violations

from sge_sim.admin.routes.references import SITE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not SITE.exists(), reason="make site builds it"),
]
NAMES = sorted(n for n in ZipFile(SITE).namelist() if n.endswith(".html")) if SITE.exists() else []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_passes_axe_and_stays_here(
    browser: Chrome, simulator: RunningSimulator, name: str
) -> None:
    home = simulator.ready["admin_url"]
    for look in every_look(browser, f"{home}/aide/{name}", f"aide-{name.replace('/', '-')[:-5]}"):
        assert too_wide(browser) == [], look
        assert look not in LOOKS_FOR_AXE or violations(browser) == [], look
    assert [one for one in requested_addresses(browser) if not one.startswith(home)] == []
    assert complaints(browser) == []


def test_the_search_finds_a_code_and_a_word_without_its_accent(
    browser: Chrome, simulator: RunningSimulator
) -> None:
    for asked in ("SGT4L8", "renouvellement"):
        show(browser, f"{simulator.ready['admin_url']}/aide/search.html?q={asked}", 1280)
        assert browser.find_elements(By.CSS_SELECTOR, "#search-results li a"), asked


def test_no_link_of_a_page_is_dead(simulator: RunningSimulator) -> None:
    """Those that lead out of the site too, as far as they lead to this simulator."""
    home = simulator.ready["admin_url"]
    texts = {n: ZipFile(SITE).read(n).decode() for n in NAMES}
    anchors = {n: set(re.findall(r'\bid="([^"]+)"', text)) for n, text in texts.items()}
    dead = []
    others = set()
    for name, text in texts.items():
        for written in re.findall(r'(?:href|src|action)="([^"]+)"', text):
            address, anchor = urldefrag(urljoin(f"{home}/aide/{name}", unescape(written)))
            found = address.removeprefix(f"{home}/aide/")
            if found in anchors:
                if anchor and anchor not in anchors[found]:
                    dead.append((name, written))
            elif address.startswith(home):
                others.add(address)
    dead += [one for one in others if requests.get(one, timeout=30).status_code != 200]
    assert dead == []

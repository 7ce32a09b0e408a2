"""Every page of the site that `make site` built, as `/aide` serves it: wide and narrow.

It fits, axe finds nothing, nothing is asked for elsewhere, no link is dead; the search finds.
"""

import re
from html import unescape
from urllib.parse import quote, urldefrag, urljoin
from zipfile import ZipFile

import pytest
import requests
from browsing import complaints, every_look, requested_addresses, show, too_wide
from running_simulator import RunningSimulator
from selenium.webdriver import Chrome
from selenium.webdriver.support.wait import WebDriverWait
from test_every_page import LOOKS_FOR_AXE, violations

from sge_sim.admin.routes.references import SITE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not SITE.exists(), reason="make site builds it"),
]
EXCERPTS = """
const found = [...document.querySelectorAll('#search-results li')];
return document.querySelector('.search-summary')?.innerText
    && found.length && found.every(result => result.querySelector('p.context'))
    ? found.map(result => result.querySelector('p.context').innerText) : null;
"""
"""What is shown of each page found, once all are there."""
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


SEARCHES = ("SGT4L8", "renouvellement", "Réponses", "R67 point", "--data-dir", "points")
"""A code, a word without its accents, titles (whose anchors are looked up), an option."""


@pytest.mark.parametrize("asked", SEARCHES)
def test_the_search_shows_an_excerpt_of_each_page_that_it_finds(
    browser: Chrome, simulator: RunningSimulator, asked: str
) -> None:
    show(browser, f"{simulator.ready['admin_url']}/aide/search.html?q={quote(asked)}", 1280)
    WebDriverWait(browser, 20).until(lambda _: browser.execute_script(EXCERPTS))
    word = re.split(r"\W+", asked.strip("-"))[0].lower()
    excerpts = [text.lower() for text in browser.execute_script(EXCERPTS)]
    assert all(excerpts)
    assert any(word in text for text in excerpts)
    assert complaints(browser) == []


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

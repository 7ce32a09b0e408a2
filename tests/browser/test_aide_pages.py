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
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from test_every_page import LOOKS_FOR_AXE, violations

from sge_sim.aide.sections import SITE

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


@pytest.mark.parametrize("asked", ["SGT4L8", "certifcat refsué", "--data-dir", "déchiffrer un zip"])
def test_the_help_answers_with_excerpts(
    browser: Chrome, simulator: RunningSimulator, asked: str
) -> None:
    """From the field of any page of the help to a heading of the page that it leads to."""
    show(browser, f"{simulator.ready['admin_url']}/aide/decouvrir.html", 1280)
    browser.find_element(By.CSS_SELECTOR, "form.recherche input[type=search]").send_keys(
        asked, Keys.ENTER
    )
    found = WebDriverWait(browser, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "#aide li")
    )
    assert all(each.find_element(By.TAG_NAME, "small").text for each in found)
    found[0].find_element(By.TAG_NAME, "a").click()
    anchor = urldefrag(browser.current_url).fragment
    assert not anchor or browser.find_element(By.ID, anchor)
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

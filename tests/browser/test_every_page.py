"""Every page, wide and narrow, light and dark: it fits, axe finds nothing, the keyboard is enough.

Each is also kept as an image, to be looked at, where `SGE_SIM_IMAGES` names a folder.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import requests
from browsing import complaints, every_look, show, too_wide
from demandes import courbe_quotidienne
from real_clients import ZeepCaller
from running_simulator import RunningSimulator, start_simulator
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from zeep.exceptions import Fault

pytestmark = pytest.mark.browser

C5 = "25946599093143"
PAGES = {
    "accueil": "/",
    "journal": "/journal",
    "echange": "/echanges/2",
    "points": "/points",
    "point": f"/points/{C5}?debut=2025-02-01&fin=2025-03-01",
    "services": "/services",
    "fichiers": "/fichiers",
    "fichier": "/fichiers/1",
    "demandes": "/demandes",
    "campaigns": "/campaigns",
    "campaign": "/campaigns/1",
    "acteurs": "/acteurs",
    "certificats": "/certificats",
    "cas": "/campaigns/1/cas/ADP-R2@C5",
    "codes": "/codes?q=SGT4",
    "pannes": "/pannes",
    "consentements": "/consentements",
    "datahub": "/datahub",
    "canaux": "/canaux",
    "tickets": "/tickets",
    "simulateur": "/simulateur",
    "aide": "/aide",
    "portail": "/datahub?par=anne%40tiers.example",
    "refus": "/echanges/999999",
    "api": "/docs",
}
NOT_OURS = {"api"}
"""Swagger UI's own page: looked at, and left to its makers."""
AXE = Path(os.environ.get("SGE_SIM_AXE", "axe.min.js"))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator that has had calls, an order, a campaign, and ten days."""
    folder = tmp_path_factory.mktemp("lived")
    with start_simulator(
        folder, "--now", "2025-03-10T10:00", "--environment", "production"
    ) as simulator:
        home = simulator.ready["admin_url"]
        simulator.session.post(f"{home}/api/campaigns", json={}, timeout=30)
        call = ZeepCaller(simulator, "/ConsultationDonneesTechniquesContractuelles/v1.0")
        for prm in (C5, "99999999999999", "25946599093143"):
            with suppress(Fault):
                call(pointId=prm, loginUtilisateur=simulator.login, autorisationClient=True)
        order(simulator)
        plan_and_open_an_account(home)
        simulator.session.post(
            f"{home}/clock", data={"action": "10d"}, headers={"Origin": home}, timeout=300
        )
        yield simulator


def plan_and_open_an_account(home: str) -> None:
    """Plan two faults, open an account of Datahub, a contract and an application."""
    for asked in (
        {"sorte": "http502", "probabilite": 0.2, "graine": 7},
        {"sorte": "latence", "service": "ConsultationDonneesTechniquesContractuelles", "au": 9},
    ):
        requests.post(f"{home}/api/pannes", json=asked, timeout=30).raise_for_status()
    form = {"Origin": home}
    for path, data in (
        ("compte", {"email": "anne@tiers.example", "nom": "Anne", "acteur": "TIERS1"}),
        ("contrat", {"numero": "1100256", "email": "anne@tiers.example"}),
    ):
        requests.post(f"{home}/datahub/{path}", data, headers=form, timeout=30).raise_for_status()


def order(simulator: RunningSimulator) -> None:
    """Have the curve of a C5 transmitted every day."""
    ZeepCaller(simulator, "/CommandeCollectePublicationMesures/v3.0")(
        demande={
            "donneesGenerales": {
                "objetCode": "AME",
                "pointId": C5,
                "initiateurLogin": simulator.login,
                "contratId": simulator.ready["contrat_id"],
            },
            "accesMesures": courbe_quotidienne(date(2025, 3, 10), date(2026, 3, 9)),
        }
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_passes_axe(browser: Chrome, lived: RunningSimulator, name: str) -> None:
    home = lived.ready["admin_url"]
    for look in every_look(browser, home + PAGES[name], name):
        if name not in NOT_OURS:
            assert too_wide(browser) == [], look
            assert violations(browser) == [], look
    assert name in (*NOT_OURS, "refus") or complaints(browser) == []


def violations(browser: Chrome) -> list[tuple[str, list[str]]]:
    """Return what axe finds wrong: each rule with the elements that break it."""
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    found = browser.execute_async_script(
        "const done = arguments[0]; axe.run().then(r => done(r.violations))"
    )
    return [(one["id"], [node["html"][:150] for node in one["nodes"]]) for one in found]


FOCUSED = """
const here = document.activeElement;
const box = here.getBoundingClientRect();
return [here.tagName, here.getAttribute('href') || here.name || here.id || here.textContent.trim(),
        box.width * box.height > 0];
"""
FOCUSABLE = """
const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
const closed = 'details:not([open]) > :not(summary)';
return [...document.querySelectorAll(kinds)]
    .filter(one => !one.closest(closed) && one.checkVisibility()).length
"""


@pytest.mark.parametrize("name", sorted(PAGES.keys() - NOT_OURS))
def test_the_keyboard_reaches_all_of_a_page(
    browser: Chrome, lived: RunningSimulator, name: str
) -> None:
    show(browser, lived.ready["admin_url"] + PAGES[name], 1280)
    wanted = browser.execute_script(FOCUSABLE)
    seen = 0
    for _ in range(wanted * 8):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        tag, _, visible = browser.execute_script(FOCUSED)
        if tag == "BODY":
            break
        assert visible
        seen += tag in ("A", "BUTTON", "INPUT", "SELECT", "TEXTAREA", "SUMMARY")
    assert seen >= wanted

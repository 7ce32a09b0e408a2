"""Every page, wide and narrow, light and dark: it fits, axe finds nothing, the keyboard is enough.

Each is also kept as an image, to be looked at, where `SGE_SIM_IMAGES` names a folder.
"""

import base64
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from browsing import complaints
from real_clients import ZeepCaller
from running_simulator import RunningSimulator, start_simulator
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from zeep.exceptions import Fault

pytestmark = pytest.mark.browser

C5 = "25946599093143"
PAGES = {
    "journal": "/",
    "echange": "/echanges/2",
    "points": "/points",
    "point": f"/points/{C5}?debut=2025-02-01&fin=2025-03-01",
    "services": "/services",
    "fichiers": "/fichiers",
    "fichier": "/fichiers/1",
    "demandes": "/demandes",
    "campagnes": "/campagnes",
    "campagne": "/campagnes/1",
    "acteurs": "/acteurs",
    "certificats": "/certificats",
    "cas": "/campagnes/1/cas/ADP-R2@C5",
    "codes": "/codes?q=SGT4",
    "pannes": "/pannes",
    "consentements": "/consentements",
}
WIDTHS = (1280, 390)
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
        simulator.session.post(
            f"{home}/horloge", data={"action": "10d"}, headers={"Origin": home}, timeout=300
        )
        yield simulator


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
            "accesMesures": {
                "dateDebut": "2025-03-10",
                "dateFin": "2026-03-09",
                "declarationAccordClient": {
                    "accord": True,
                    "personnePhysique": {"civilite": "M", "nom": "ROCHE"},
                },
                "mesuresTypeCode": "CDC",
                "soutirage": True,
                "injection": False,
                "mesuresPas": "PT30M",
                "mesuresCorrigees": False,
                "transmissionRecurrente": True,
                "periodiciteTransmission": "P1D",
            },
        }
    )


def show(browser: Chrome, home: str, path: str, width: int, scheme: str = "light") -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.get(home + path)
    if "/points/" in path:
        WebDriverWait(browser, 20).until(
            lambda _: browser.execute_script("return document.getElementById('trace').dataset.pret")
        )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_passes_axe(browser: Chrome, lived: RunningSimulator, name: str) -> None:
    home = lived.ready["admin_url"]
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            show(browser, home, PAGES[name], width, scheme)
            keep_image(browser, f"{name}-{width}-{scheme}")
            assert browser.execute_script(TOO_WIDE) == [], (width, scheme)
            assert violations(browser) == [], (width, scheme)
    assert complaints(browser) == []


TOO_WIDE = """
const room = window.innerWidth;
if (document.documentElement.scrollWidth <= room) return [];
return [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > room)
    .map(one => one.outerHTML.slice(0, 120));
"""


def violations(browser: Chrome) -> list[tuple[str, list[str]]]:
    """Return what axe finds wrong: each rule with the elements that break it."""
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    found = browser.execute_async_script(
        "const done = arguments[0]; axe.run().then(r => done(r.violations))"
    )
    return [(one["id"], [node["html"][:150] for node in one["nodes"]]) for one in found]


def keep_image(browser: Chrome, name: str) -> None:
    folder = os.environ.get("SGE_SIM_IMAGES")
    if folder:
        height = browser.execute_script("return document.documentElement.scrollHeight")
        size = browser.execute_script("return window.innerWidth")
        shot = browser.execute_cdp_cmd(
            "Page.captureScreenshot",
            {
                "captureBeyondViewport": True,
                "clip": {"x": 0, "y": 0, "width": size, "height": min(height, 2600), "scale": 1},
            },
        )
        (Path(folder) / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


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


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_all_of_a_page(
    browser: Chrome, lived: RunningSimulator, name: str
) -> None:
    show(browser, lived.ready["admin_url"], PAGES[name], 1280)
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

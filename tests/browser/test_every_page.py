"""Every page, wide and narrow, light and dark: it fits, axe finds nothing, the keyboard is enough.

Each is also kept as an image, to be looked at, where `SGE_SIM_IMAGES` names a folder.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import requests
from browsing import complaints, every_look, keep_image, page_height, show, too_wide
from dataconnect_kit import Client
from demandes import CDC, COLLECTE, collecte_quotidienne
from real_clients import ZeepCaller
from running_simulator import RunningSimulator, kept_open, start_simulator
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from spoilt_requests import spoilt_requests
from zeep.exceptions import Fault

from sge_sim.admin.pages import ADMIN
from sge_sim.machine.files import data_path
from sge_sim.soap.contract import load_contracts

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
    "demande": "/demandes/{demande}",
    "campaigns": "/campaigns",
    "campaign": "/campaigns/1",
    "acteurs": "/acteurs",
    "certificats": "/certificats",
    "cas": "/campaigns/1/cas/ADP-R2@C5",
    "codes": "/codes?q=SGT4",
    "pannes": "/pannes",
    "consentements": "/consentements",
    "canaux": "/canaux",
    "tickets": "/tickets",
    "applications": "/applications",
    "generations": "/generations",
    "simulateur": "/simulateur",
    "touches": "/touches",
    "refus": "/echanges/999999",
    "api": "/docs",
}
NOT_OURS = {"api"}
"""Swagger UI's own part of a page: as long and as heavy as its makers have it."""
OPENED = {
    "point": (
        "document.getElementById('table').open = true;"
        "document.getElementById('regler').showPopover()",
        "document.getElementById('regler').hidePopover(); location.hash = 'vie'",
    )
}
"""What is done to a page to see the parts of it that aren't there at once."""
NOT_YET = {"echange", "fichier", "demande", "campaign", "cas"}
"""Pages of what a new simulator has nothing of."""
MOST_HEIGHT = {1280: 3000, 390: 12_000}
LISTS = {"journal", "points", "codes"}
"""Pages as long as their lists, which are of a bounded number of rows."""
FIRST_PAINT = """
return performance.getEntries()
    .filter(each => each.entryType === 'navigation' || ['link', 'css'].includes(each.initiatorType))
    .reduce((sum, each) => sum + each.decodedBodySize, 0);
"""
"""The bytes of the page, its sheets and its font: scripts wait until it is read."""
MOST_BYTES = 150_000
HAND = {".css", ".js"}
LOOKS_FOR_AXE = {(1280, "light"), (390, "dark")}
"""The colours and the widths that axe reads: each of them once."""
AXE = Path(os.environ.get("SGE_SIM_AXE", "axe.min.js"))
NOW = ("--now", "2025-03-10T10:00", "--environment", "production")
M023 = "CommandeHistoriqueDonneesMesuresFines"
CUT = """
return [...document.querySelectorAll(arguments[0])]
    .filter(one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1)
    .map(one => one.textContent.trim());
"""
"""The texts of elements that aren't wholly shown."""
ENDS = """
return [...document.querySelectorAll('#echanges .c-s')].map(cell => {
    const end = cell.querySelector('.coupe > :last-child') ?? cell;
    const { right } = cell.getBoundingClientRect();
    return end.getBoundingClientRect().right <= right ? end.textContent.trim() : 'coupé';
});
"""
"""The ends of the services' names, where they are shown."""
DEMANDE = f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<d:demandePublicationMesuresFines xmlns:d="https://sge-b2b.enedis.fr/services/{M023.lower()}/v1">
<donneesGenerales><initiateurLogin>{{login}}</initiateurLogin><contratId>{{contrat}}</contratId>
</donneesGenerales><demande><format>JSON</format><pointIds><pointId>{C5}</pointId>
<pointId>99999999999999</pointId></pointIds><mesuresTypeCode>ENERGIE</mesuresTypeCode>
<dateDebut>2025-02-01</dateDebut><dateFin>2025-03-01</dateFin><sens>SOUTIRAGE</sens>
<cadreAcces>ACCORD_CLIENT</cadreAcces></demande></d:demandePublicationMesuresFines>
</s:Body></s:Envelope>"""


new = kept_open(start_simulator, *NOW)
"""A simulator that nobody has called."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator of 3 000 points that has had calls, an order, a campaign, and ten days."""
    folder = tmp_path_factory.mktemp("lived")
    data_connect = ("--data-connect", "--data-connect-port", "0")
    with start_simulator(folder, *NOW, *data_connect, "--population-size", "3000") as simulator:
        live(simulator)
        Client(simulator).share(C5)
        yield simulator


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """One whose files go nowhere, and then are lost."""
    folder = tmp_path_factory.mktemp("failed")
    with start_simulator(folder, *NOW, "--population-size", "0") as simulator:
        home = simulator.ready["admin_url"]
        nowhere = {"type": "ftp", "url": "ftp://127.0.0.1:1/nulle-part"}
        contrat = simulator.ready["contrat_id"]
        requests.put(f"{home}/api/canaux/{contrat}", json=nowhere, timeout=30).raise_for_status()
        live(simulator)
        for _ in range(2):
            requests.post(f"{home}/api/flux/publish", timeout=120)
        for file in (folder / "flux").rglob("*.zip"):
            file.unlink()
        yield simulator


def live(simulator: RunningSimulator) -> None:
    """Have calls, refused ones among them, an order, a campaign and ten days."""
    home = simulator.ready["admin_url"]
    simulator.session.post(f"{home}/api/campaigns", json={}, timeout=30)
    call = ZeepCaller(simulator, CDC)
    for prm in (C5, *["99999999999999"] * 24, C5):
        with suppress(Fault):
            call(pointId=prm, loginUtilisateur=simulator.login, autorisationClient=True)
    contrat, days = simulator.ready["contrat_id"], (date(2025, 3, 10), date(2026, 3, 9))
    order = collecte_quotidienne(C5, simulator.login, contrat, *days)
    ZeepCaller(simulator, COLLECTE)(**order)
    demande = DEMANDE.format(login=simulator.login, contrat=contrat)
    simulator.post(f"/{M023}/v1.0", demande).raise_for_status()
    plan_faults(home)
    simulator.session.post(
        f"{home}/clock", data={"action": "10d"}, headers={"Origin": home}, timeout=300
    )


def plan_faults(home: str) -> None:
    """Plan two faults."""
    for asked in (
        {"sorte": "http502", "probabilite": 0.2, "graine": 7},
        {"sorte": "latence", "service": "ConsultationDonneesTechniquesContractuelles", "au": 9},
    ):
        requests.post(f"{home}/api/pannes", json=asked, timeout=30).raise_for_status()


def address_of(simulator: RunningSimulator, name: str) -> str:
    """Return where a page is."""
    path = PAGES[name]
    if "{demande}" in path:
        path = path.format(demande=simulator.admin("/api/demandes")[0]["affaire_id"])
    return str(simulator.ready["admin_url"]) + path


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_passes_axe(browser: Chrome, lived: RunningSimulator, name: str) -> None:
    for look in every_look(browser, address_of(lived, name), name):
        if name not in NOT_OURS:
            assert page_height(browser) <= MOST_HEIGHT[look[0]] * (1 + (name in LISTS)), look
            assert 70_000 < browser.execute_script(FIRST_PAINT) <= MOST_BYTES, look
        assert too_wide(browser) == [], look
        for opening in ("", *OPENED.get(name, ())) if look in LOOKS_FOR_AXE else ():
            browser.execute_script(opening)
            assert violations(browser) == [], (look, opening)
            assert too_wide(browser) == [], (look, opening)
    assert name == "refus" or complaints(browser) == []


def test_what_is_written_by_hand_stays_small() -> None:
    static = ADMIN / "static"
    assert sum(each.stat().st_size for each in static.iterdir() if each.suffix in HAND) <= 40_000


@pytest.mark.parametrize("state", ["new", "failed"])
def test_pages_fit_that_have_nothing_or_failed_data(
    browser: Chrome, request: pytest.FixtureRequest, state: str
) -> None:
    simulator = request.getfixturevalue(state)
    for name in PAGES.keys() - NOT_OURS - (NOT_YET if state == "new" else set()):
        show(browser, address_of(simulator, name), 1280)
        keep_image(browser, f"{name}-{state}")
        assert too_wide(browser) == [], name
        assert page_height(browser) <= MOST_HEIGHT[1280] * (1 + (name in LISTS)), name
        assert violations(browser) == [], name


def test_the_first_page_is_a_screen_whatever_it_has_to_say(
    browser: Chrome, request: pytest.FixtureRequest
) -> None:
    for state in ("new", "lived", "failed"):
        show(browser, request.getfixturevalue(state).ready["admin_url"] + "/", 1280, height=1000)
        assert page_height(browser) <= 1000, state
    blocks = browser.find_elements(By.CSS_SELECTOR, ".blocs section")
    assert len(blocks) >= 6
    assert (
        "le serveur FTP 127.0.0.1:1 ne prend pas le fichier (connexion refusée)"
        in browser.find_element(By.ID, "ennuis")
        .find_element(By.XPATH, "following-sibling::ul")
        .text
    )


def test_the_journal_is_what_its_page_shows_first(browser: Chrome, lived: RunningSimulator) -> None:
    address = lived.ready["admin_url"] + "/journal"
    rows_of = "[...document.querySelectorAll('#echanges tbody tr:not(.jour)')]"
    tops = f"return {rows_of}.map(row => row.getBoundingClientRect())"
    show(browser, address, 1280, height=1000)
    rows = browser.execute_script(tops)
    assert sum(row["bottom"] <= 1000 for row in rows) >= 10  # each reason is there, whole
    plain = f"{rows_of}.filter(row => !row.querySelector('.c-p').textContent.trim())"
    assert len(set(browser.execute_script(f"return {plain}.map(row => row.offsetHeight)"))) == 1
    show(browser, address, 390)
    assert browser.execute_script(tops)[0]["top"] < 460  # below the filters


def test_a_refusal_by_the_schema_is_read_whole_in_lists(browser: Chrome, tmp_path: Path) -> None:
    """The sentence isn't cut, and the end of a service's name is there."""
    contracts = load_contracts(data_path("wsdl"))
    with start_simulator(tmp_path, *NOW) as simulator:
        for spoilt in spoilt_requests(contracts, 1, 38):
            simulator.post(spoilt.contract.path, spoilt.message)
        home = simulator.ready["admin_url"]
        for name, path in (
            ("refuses", "/journal"),
            ("accueil-refus", "/"),
            ("malforme", "/echanges/1"),
        ):
            for look in every_look(browser, home + path, name):
                assert too_wide(browser) == [], look
                if look in LOOKS_FOR_AXE:
                    assert violations(browser) == [], look
                if look[0] == 1280:
                    assert browser.execute_script(CUT, ".c-s, .c-p, .cause") == []
        show(browser, home + "/journal", 1280)
        shown = browser.execute_script(ENDS)
        histories = {"MesuresFines v1.0", "Facturantes v1.0", "Mesures v1.0"}
        assert histories <= set(shown)
        assert "coupé" not in shown


def test_why_a_call_was_refused_takes_two_keys(browser: Chrome, lived: RunningSimulator) -> None:
    home = lived.ready["admin_url"]
    for path in ("/", "/journal?issue=refuse"):
        show(browser, home + path, 1280)
        press(browser, "j")
        ActionChains(browser).send_keys(Keys.ENTER).perform()
        reach(browser, "/echanges/")
        assert "point_connu" in browser.find_element(By.ID, "regle").text


def test_keys_lead_everywhere_and_may_be_turned_off(
    browser: Chrome, lived: RunningSimulator
) -> None:
    home = lived.ready["admin_url"]
    show(browser, home + "/", 1280)
    press(browser, "g", "p")
    reach(browser, "/points")
    press(browser, "/")
    assert browser.switch_to.active_element.get_attribute("name") == "q"
    press(browser, "g", "j")
    assert browser.switch_to.active_element.get_attribute("value") == "gj"
    browser.get(home + "/points")
    press(browser, "?")
    reach(browser, "/touches")
    browser.find_element(By.ID, "touches-actives").click()
    press(browser, "g", "p")
    time.sleep(0.5)
    assert browser.current_url.endswith("/touches")
    browser.find_element(By.ID, "touches-actives").click()


def test_the_first_call_is_made_by_copy_alone_from_another_folder(
    browser: Chrome, new: RunningSimulator, tmp_path: Path
) -> None:
    show(browser, new.ready["admin_url"] + "/", 1280)
    programs = {"curl": ["sh"], "zeep": [sys.executable]}
    hostile = os.environ | {
        "https_proxy": "http://127.0.0.1:1",
        "REQUESTS_CA_BUNDLE": "/nulle/part.pem",
        "CURL_CA_BUNDLE": "/nulle/part.pem",
    }
    for name, program in programs.items():
        copied = browser.find_element(By.ID, f"copie-{name}").text
        made = subprocess.run(
            program, input=copied, cwd=tmp_path, env=hostile, text=True, capture_output=True,
            timeout=120, check=True,
        )  # fmt: skip
        assert C5 in made.stdout, made.stderr


def press(browser: Chrome, *keys: str) -> None:
    for key in keys:
        ActionChains(browser).send_keys(key).perform()


def reach(browser: Chrome, path: str) -> None:
    WebDriverWait(browser, 20).until(lambda _: path in browser.current_url)


def violations(browser: Chrome) -> list[tuple[str, list[str]]]:
    """Return what axe finds wrong: each rule with the elements that break it."""
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    found = browser.execute_async_script(
        "const done = arguments[0];"
        "axe.run({ resultTypes: ['violations'] }).then(r => done(r.violations))"
    )
    return [(one["id"], [node["html"][:150] for node in one["nodes"]]) for one in found]


WATCH_FOCUS = """
const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
const closed = 'details:not([open]) > :not(summary)';
window.wanted = new Set([...document.querySelectorAll(kinds)]
    .filter(each => !each.closest(closed) && each.checkVisibility()
        && (each.type !== 'radio' || each.checked)));  // arrows lead to the others
window.unseen = [];
document.addEventListener('focusin', ({ target }) => {
    window.wanted.delete(target);
    const box = target.getBoundingClientRect();
    if (!(box.width * box.height)) window.unseen.push(target.outerHTML.slice(0, 150));
});
"""
"""Note what the keyboard reaches, and what of it isn't to be seen."""


@pytest.mark.parametrize("name", sorted(PAGES.keys() - NOT_OURS))
def test_the_keyboard_reaches_all_of_a_page(
    browser: Chrome, lived: RunningSimulator, name: str
) -> None:
    show(browser, address_of(lived, name), 1280)
    browser.execute_script(WATCH_FOCUS)
    missing = browser.execute_script("return window.wanted.size")
    assert missing
    for _ in range(8):  # a date takes as many keys as it has parts
        ActionChains(browser).send_keys(Keys.TAB * missing).perform()
        missing = browser.execute_script("return window.wanted.size")
        if not missing:
            break
    left = "return [...window.wanted].map(each => each.outerHTML.slice(0, 150))"
    assert browser.execute_script(left) == []
    assert browser.execute_script("return window.unseen") == []

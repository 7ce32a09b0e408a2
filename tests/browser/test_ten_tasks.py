"""What a tester comes for, from any page, by the keyboard alone: the tasks of `docs/design.md`."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import complaints, show
from running_simulator import RunningSimulator, start_simulator
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from test_every_page import C5, NOW, live

pytestmark = pytest.mark.browser

RULE = "RecherchePoint/criteres_suffisants"
TASKS = {
    "why the commonest call is refused": ("gg j ⏎", "/echanges/", "mark", "99999999999999"),
    "what will happen": ("gg", "/", "[aria-labelledby=attendus]", "fin du service"),
    "which cases are left": ("gc k ⏎", "/campaigns/1", ".cellules", "pas commencé"),
    "the curve around the clock change": (
        f"/ {C5} ⏎ 1 ⇥ ⏎",
        "?debut=2024-10-26&fin=2024-10-29",
        "#resume",
        "valeurs du 26/10/2024",
    ),
    "what a file says": ("/ {fichier} ⏎", "/fichiers/", "main table", "2025"),
    "change the holder": (f"/ {C5} ⏎ 7 ⇥ ⏎", f"/points/{C5}", ".message", "est réglé"),
    "plan a panne": ("gn e HTTP ⇥ RecherchePoint ⏎", "/pannes", "main table", "RecherchePoint"),
    "find a rule": (f"/ {RULE} ⏎", "/codes?q=", "main details[open]", RULE.split("/")[1]),
    "compare two reports": ("gc j ⏎", "/passages/", "main details[open]", "sur 1 cas"),
    "send the report": ("gc j ⇥ ⇥ ⏎", "/campaigns", "main", ""),
}
"""Keys (⏎ and a letter after `g` lead to a page), then where they lead and what is there."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator with calls, files, a campaign and two reports of a case."""
    folder = tmp_path_factory.mktemp("tasks")
    with start_simulator(folder, *NOW, "--population-size", "0") as simulator:
        live(simulator)
        # Pannes would spoil a case.
        simulator.session.delete(f"{simulator.home}/api/pannes", timeout=30)
        for _ in range(2):
            run(simulator, "ADP-R1@C5")
        yield simulator


def run(simulator: RunningSimulator, cas: str) -> None:
    home = simulator.home
    form = {"release": "sge-26.1", "cas": cas}
    simulator.session.post(f"{home}/passages", data=form, headers={"Origin": home}, timeout=60)
    while simulator.admin("/api/passages")[0]["fini"] is False:
        time.sleep(0.2)


@pytest.mark.parametrize("task", TASKS)
def test_a_task_takes_the_keyboard_alone(
    browser: Chrome, lived: RunningSimulator, tmp_path: Path, task: str
) -> None:
    keys, address, part, text = TASKS[task]
    allow = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", allow)
    show(browser, f"{lived.home}/touches", 1280)
    fichier = lived.admin("/api/flux")[0]["nom"]
    tokens = keys.format(fichier=fichier).split()
    for rank, token in enumerate(tokens, 1):
        press(browser, token, leads=task != "send the report" or rank < len(tokens))
    assert address in browser.current_url
    told = WebDriverWait(browser, 20)
    told.until(lambda _: text in browser.find_element(By.CSS_SELECTOR, part).text)
    if task == "send the report":
        told.until(lambda _: [*tmp_path.glob("*-rapport.html")])
    assert complaints(browser) == []


def press(browser: Chrome, token: str, *, leads: bool) -> None:
    """Press the keys of a token; wait for the page that they lead to, if to any."""
    browser.execute_script("window.avant = true")
    pressed = {"⏎": Keys.ENTER, "⇥": Keys.TAB}.get(token, token)
    ActionChains(browser).send_keys(pressed).perform()
    if leads and (token == "⏎" or (len(token) == 2 and token[0] == "g")):
        here = "return !window.avant && document.readyState === 'complete'"
        WebDriverWait(browser, 20).until(lambda _: browser.execute_script(here))

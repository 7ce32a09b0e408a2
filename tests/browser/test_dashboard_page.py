"""What a tester does in the control room of a simulator that runs."""

from contextlib import suppress
from datetime import datetime

import pytest
import requests
from browsing import complaints, every_look, follow, requested_addresses, too_wide
from real_clients import ZeepCaller
from running_simulator import RunningSimulator
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait
from zeep.exceptions import Fault

pytestmark = pytest.mark.browser

UNKNOWN = "99999999999999"
C5 = "25946599093143"
SCRIPT = "<script>document.title='pris'</script>@a.fr"


def call(simulator: RunningSimulator, prm: str, login: str = "") -> None:
    ask = ZeepCaller(simulator, "/ConsultationDonneesTechniquesContractuelles/v1.0")
    with suppress(Fault):
        ask(pointId=prm, loginUtilisateur=login or simulator.login, autorisationClient=True)


def until(browser: Chrome, seconds: float = 15) -> "WebDriverWait[Chrome]":
    return WebDriverWait(browser, seconds, ignored_exceptions=[StaleElementReferenceException])


def first_row(browser: Chrome) -> str:
    rows = browser.find_elements(By.CSS_SELECTOR, "#echanges tbody tr")
    return rows[0].text if rows else ""


def test_a_call_arrives_live_is_opened_and_played_again(
    browser: Chrome, simulator: RunningSimulator
) -> None:
    home = simulator.ready["admin_url"] + "/"
    browser.get(home + "journal")
    until(browser).until(lambda _: "En direct" in browser.find_element(By.ID, "nouvelles").text)
    call(simulator, UNKNOWN)
    arrived = "1 nouvel échange"
    until(browser).until(lambda _: arrived in browser.find_element(By.ID, "nouvelles").text)
    assert UNKNOWN in first_row(browser)
    assert "SGT401" in first_row(browser)
    requested = requested_addresses(browser)
    assert [each for each in requested if not each.startswith(home)] == []
    follow(browser, browser.find_element(By.CSS_SELECTOR, "#echanges tbody a"))
    opened = browser.current_url
    assert "point_connu" in browser.find_element(By.ID, "regle").text
    assert browser.find_element(By.TAG_NAME, "mark").text == f"<pointId>{UNKNOWN}</pointId>"
    follow(browser, browser.find_element(By.XPATH, "//button[.='Rejouer']"))
    assert browser.current_url != opened
    shown = browser.find_element(By.TAG_NAME, "main").text
    assert "SGT401" in shown
    assert UNKNOWN in shown
    assert complaints(browser) == []


def test_the_live_journal_can_be_suspended(browser: Chrome, simulator: RunningSimulator) -> None:
    browser.get(simulator.ready["admin_url"] + "/journal")
    pause = browser.find_element(By.ID, "pause")
    until(browser).until(lambda _: pause.is_displayed())
    before = first_row(browser)
    pause.click()
    call(simulator, C5)
    until(browser).until(lambda _: "en attente" in browser.find_element(By.ID, "nouvelles").text)
    assert first_row(browser) == before
    pause.click()
    assert C5 in first_row(browser)


def test_what_a_client_writes_is_shown_and_never_run(
    browser: Chrome, simulator: RunningSimulator
) -> None:
    browser.get(simulator.ready["admin_url"] + "/journal")
    until(browser).until(lambda _: "En direct" in browser.find_element(By.ID, "nouvelles").text)
    call(simulator, UNKNOWN, SCRIPT)
    until(browser).until(lambda _: browser.find_elements(By.CSS_SELECTOR, "tr.nouveau"))
    follow(browser, browser.find_element(By.CSS_SELECTOR, "tr.nouveau a"))
    assert "document.title" in browser.find_element(By.TAG_NAME, "body").text
    assert browser.title != "pris"
    assert complaints(browser) == []


INKED = """
    const canvas = document.querySelector('#trace canvas');
    const row = canvas.getContext('2d').getImageData(80, 22, canvas.width - 150, 1).data;
    return row.filter((value, rank) => rank % 4 === 3 && value > 0).length * 4 / row.length;
"""
"""The part of a line at the top of the curve that is off-peak, or lost."""


def test_a_curve_is_drawn_zoomed_and_exported(browser: Chrome, simulator: RunningSimulator) -> None:
    home = simulator.ready["admin_url"]
    browser.set_window_size(1280, 900)
    browser.get(f"{home}/points/{C5}?type=courbe&debut=2023-01-01&fin=2025-01-01")
    plot = browser.find_element(By.ID, "trace")
    until(browser).until(lambda _: plot.get_attribute("data-pret"))
    told = browser.find_element(By.ID, "resume").text
    assert "35 088 valeurs" in told.replace("\u202f", " ")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".courbe canvas")) == 2  # its days below
    view = browser.find_element(By.CSS_SELECTOR, "#table summary")
    assert "du 01/01/2023 00:00 UTC+1 au 01/01/2025 00:00 UTC+1" in view.text
    # A period is drawn with the mouse.
    ActionChains(browser).move_to_element_with_offset(
        plot, -100, 0
    ).click_and_hold().move_by_offset(200, 0).release().perform()
    reading = browser.find_element(By.ID, "lecture")
    ActionChains(browser).move_to_element(plot).perform()
    until(browser).until(lambda _: "W" in reading.text)
    drawn = view.text
    assert "01/01/2023" not in drawn
    browser.find_element(By.XPATH, "//button[.='Agrandir']").click()
    until(browser).until(lambda _: view.text != drawn)
    plot.send_keys("0")
    until(browser).until(lambda _: "du 01/01/2023" in view.text)
    exported = browser.find_element(By.LINK_TEXT, "CSV").get_attribute("href")
    assert exported is not None
    text = requests.get(exported, timeout=30).text
    assert len(text.splitlines()) == 35_089
    assert complaints(browser) == []


def test_a_curve_is_read_by_keys_on_the_day_of_25_hours(
    browser: Chrome, simulator: RunningSimulator
) -> None:
    home = simulator.ready["admin_url"]
    browser.get(f"{home}/points/{C5}?type=courbe&debut=2024-10-27&fin=2024-10-28")
    plot = browser.find_element(By.ID, "trace")
    until(browser).until(lambda _: plot.get_attribute("data-pret"))
    # From 0 to 6 and from 22 to 24, of 25 hours.
    assert 0.3 < browser.execute_script(INKED) < 0.42
    browser.find_element(By.CSS_SELECTOR, "#table summary").click()
    rows = [row.text for row in browser.find_elements(By.CSS_SELECTOR, "#table tbody tr")]
    assert len(rows) == 50
    twice = [row for row in rows if " 02:30" in row]
    assert [row[17:22] for row in twice] == ["UTC+2", "UTC+1"]
    reading = browser.find_element(By.ID, "lecture")
    read = []
    for _ in range(3):
        plot.send_keys(Keys.ARROW_RIGHT)
        read.append(reading.text)
    assert [row.replace(" UTC+2 ", " UTC+2 : ") for row in rows[1:4]] == [
        line.partition(",")[0] for line in read
    ]
    plot.send_keys("+")
    view = browser.find_element(By.CSS_SELECTOR, "#table summary")
    until(browser).until(lambda _: "du 27/10/2024 05:15 UTC+1" in view.text)
    assert complaints(browser) == []


def test_an_act_stands_in_a_panel_that_keys_open_and_close(
    browser: Chrome, simulator: RunningSimulator
) -> None:
    browser.get(f"{simulator.ready['admin_url']}/points/{C5}")
    panel = browser.find_element(By.ID, "regler")
    button = browser.find_element(By.XPATH, "//button[.='Régler']")
    assert not panel.is_displayed()
    button.send_keys(Keys.ENTER)
    assert panel.is_displayed()
    first, second, *_ = panel.find_elements(By.TAG_NAME, "summary")
    assert browser.switch_to.active_element == first
    second.send_keys(Keys.ENTER)
    opened = [each for each in panel.find_elements(By.TAG_NAME, "form") if each.is_displayed()]
    assert [each.get_attribute("aria-label") for each in opened] == ["Changer de fournisseur"]
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    assert not panel.is_displayed()
    assert browser.switch_to.active_element == button


def test_the_clock_keeps_its_legal_time_over_a_change_of_hour(
    browser: Chrome, simulator: RunningSimulator
) -> None:
    browser.get(simulator.ready["admin_url"] + "/codes?q=SGT401")

    def read() -> datetime:
        shown = browser.find_element(By.CSS_SELECTOR, "#clock time").get_attribute("datetime")
        assert shown is not None
        return datetime.fromisoformat(shown)

    def press(button: str) -> None:
        browser.find_element(By.CSS_SELECTOR, "#clock summary").click()
        follow(browser, browser.find_element(By.XPATH, f"//button[.='{button}']"))

    press("Arrêter")
    start = read()
    # Half a year crosses one change at least.
    for _ in range(19):
        press("+ 10 jours")
    now = read()
    assert (now.date() - start.date()).days == 190
    assert now.time() == start.time()
    assert browser.current_url.endswith("/codes?q=SGT401#clock")
    assert "Du " in browser.find_element(By.CSS_SELECTOR, "#clock [role=status]").text
    assert complaints(browser) == []


def test_a_package_is_run_to_its_report(browser: Chrome, simulator: RunningSimulator) -> None:
    browser.get(simulator.ready["admin_url"] + "/campaigns")
    Select(browser.find_element(By.NAME, "package")).select_by_visible_text("infrajournalier")
    follow(browser, browser.find_element(By.XPATH, "//button[.='Passer']"))
    page = browser.current_url
    until(browser, 60).until(lambda _: "Terminée" in browser.find_element(By.ID, "fin").text)
    assert browser.current_url == page
    rows = browser.find_elements(By.CSS_SELECTOR, "#cas tbody tr")
    count = browser.find_element(By.ID, "compte").text
    assert count == f"{len(rows)} sur {len(rows)}"
    report = browser.find_element(By.LINK_TEXT, "Rapport").get_attribute("href")
    assert report is not None
    for address, name in ((page, "passage"), (report, "rapport")):
        for look in every_look(browser, address, name):
            assert too_wide(browser) == [], look
    assert browser.find_element(By.TAG_NAME, "h1").text.startswith("Homologation")
    assert "Logiciel des appels\nsge-sim/" in browser.find_element(By.TAG_NAME, "header").text
    assert complaints(browser) == []


def test_a_fault_is_planned_and_seen_to_hit(browser: Chrome, simulator: RunningSimulator) -> None:
    home = simulator.ready["admin_url"]
    browser.get(home + "/pannes")
    Select(browser.find_element(By.NAME, "sorte")).select_by_value("sgt506")
    follow(browser, browser.find_element(By.XPATH, "//button[.='Prévoir']"))
    assert "0 / 0" in browser.find_element(By.CSS_SELECTOR, "main tbody tr").text
    browser.get(home + "/journal")
    before = first_row(browser)
    call(simulator, C5)
    until(browser).until(lambda _: first_row(browser) != before)
    assert "SGT506" in first_row(browser)
    follow(browser, browser.find_element(By.CSS_SELECTOR, "#echanges tbody td a"))
    detail = browser.find_element(By.CSS_SELECTOR, "p.detail").text
    assert "erreur SOAP SGT506, appel 1." in detail
    browser.get(home + "/pannes")
    assert "1 / 1 (épuisée)" in browser.find_element(By.CSS_SELECTOR, "main tbody tr").text
    follow(browser, browser.find_element(By.XPATH, "//button[.='Retirer']"))
    assert "Aucune panne prévue" in browser.find_element(By.TAG_NAME, "main").text
    assert complaints(browser) == []

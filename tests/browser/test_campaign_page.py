"""An observed campaign in the browser: opened, ticked as the calls come, closed, reported."""

from contextlib import suppress
from pathlib import Path

import pytest
from browsing import complaints, follow
from demandes import CDC
from homologating import against, homologate
from real_clients import ZeepCaller
from running_simulator import RunningSimulator, run_command
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait
from zeep.exceptions import Fault

from sge_sim.pki.inspection import fingerprint_of_file

pytestmark = pytest.mark.browser


def shown(browser: Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "main").text


def test_the_cases_tick_while_the_page_stands_open(
    browser: Chrome, simulator: RunningSimulator
) -> None:
    home = simulator.ready["admin_url"]
    browser.get(home + "/campaigns")
    releases = browser.find_element(By.CSS_SELECTOR, "form[action='/campaigns'] [name=release]")
    Select(releases).select_by_visible_text("sge-26.1")
    follow(browser, browser.find_element(By.XPATH, "//button[.='Ouvrir']"))
    refreshed = WebDriverWait(browser, 15, ignored_exceptions=[StaleElementReferenceException])
    refreshed.until(lambda _: "0 cas réussi sur" in shown(browser))
    page = browser.current_url
    assert "Aucun échange de TIERS1" in shown(browser)

    button = browser.find_element(By.XPATH, "//button[.='Fermer la campagne']")
    browser.execute_script("arguments[0].focus()", button)
    call = ZeepCaller(simulator, CDC)
    for prm, consent in (("25946599093143", True), ("98600000000000", True)):
        with suppress(Fault):
            call(pointId=prm, loginUtilisateur=simulator.login, autorisationClient=consent)
    # Nobody touches the page: it is filled in as the calls come, and what has the focus keeps it.
    told = refreshed.until(lambda _: text if "1 cas réussi" in (text := shown(browser)) else None)
    assert "coché ADP-R1@C5" in told
    assert browser.switch_to.active_element == button
    assert "proche ADP-R1" in told
    assert "reçu 98600000000000" in told
    assert complaints(browser) == []

    browser.get(page + "/rapport.html")
    assert browser.find_element(By.TAG_NAME, "h1").text.startswith("Homologation sge-26.1")
    assert complaints(browser) == []
    sheet = simulator.session.get(page + "/suivi.xlsx", timeout=10).content
    assert sheet.startswith(b"PK")

    browser.get(page)
    browser.find_element(By.XPATH, "//button[.='Fermer la campagne']").click()
    refreshed.until(lambda _: "fermée le" in shown(browser))
    assert not browser.find_elements(By.XPATH, "//button[.='Fermer la campagne']")


def open_for_certificate(browser: Chrome, home: str, fingerprint: str) -> str:
    """Open the campaign of the certificate whose fingerprint begins so; return its page."""
    browser.get(home + "/campaigns")
    form = browser.find_element(By.CSS_SELECTOR, "form[action='/campaigns']")
    certificates = Select(form.find_element(By.NAME, "certificat"))
    (mine,) = [each.text for each in certificates.options if f", {fingerprint[:8]}…" in each.text]
    certificates.select_by_visible_text(mine)
    follow(browser, browser.find_element(By.XPATH, "//button[.='Ouvrir']"))
    assert f"acteur TIERS1, certificat {fingerprint[:16]}…" in shown(browser)
    return browser.current_url


def ticked(browser: Chrome, page: str) -> list[str]:
    """The keys of the cases that a campaign shows as ticked."""
    browser.get(page)
    lines = browser.find_elements(By.CSS_SELECTOR, "[data-morceau=observations] li")
    return [each.text.split()[2] for each in lines if "coché" in each.text]


def test_two_clients_are_told_apart_beside_all_that_sge_sim_calls_itself(
    browser: Chrome, simulator: RunningSimulator, tmp_path: Path
) -> None:
    home, ready = simulator.ready["admin_url"], simulator.ready
    chain, other = simulator.second_client(tmp_path / "second")
    pages = [
        open_for_certificate(browser, home, fingerprint_of_file(each))
        for each in (Path(ready["client_cert"]), chain)
    ]
    asked = {"loginUtilisateur": simulator.login, "autorisationClient": True}
    ZeepCaller(simulator, CDC)(pointId="25946599093143", **asked)
    with suppress(Fault):
        ZeepCaller(simulator, CDC, session=other)(
            pointId="99999999999999", **asked | {"autorisationClient": False}
        )
    alone = [["ADP-R1@C5"], ["ADP-NR1"]]
    assert [ticked(browser, page) for page in pages] == alone

    # A passage, from the browser.
    browser.get(home + "/campaigns")
    browser.find_element(By.NAME, "cas").send_keys("AHC-R1@C5")
    follow(browser, browser.find_element(By.XPATH, "//button[.='Passer']"))
    WebDriverWait(browser, 60).until(lambda _: "1 sur 1" in shown(browser))
    # A campaign against this simulator, and the doctor.
    files = (
        "--certificat",
        ready["client_cert"],
        "--cle",
        ready["client_key"],
        "--ca",
        ready["ca_file"],
    )
    named = against(simulator, admin=False)
    assert homologate(tmp_path, *named, "--cas", "AHC-R1@C5", run=run_command).code == 0
    assert simulator.command("doctor", *files, "--url", f"{simulator.url}{CDC}").returncode == 0
    # A replay of the client's own call.
    browser.get(pages[0])
    follow(browser, browser.find_element(By.CSS_SELECTOR, "[data-morceau=observations] li > a"))
    follow(browser, browser.find_element(By.XPATH, "//button[.='Rejouer']"))
    assert "Rejeu de l'échange" in shown(browser)

    assert [ticked(browser, page) for page in pages] == alone
    assert complaints(browser) == []
    for page in pages:
        browser.get(page + "/rapport.html")
        assert "le client de l'acteur" in browser.find_element(By.TAG_NAME, "header").text
        browser.get(page)
        follow(browser, browser.find_element(By.XPATH, "//button[.='Fermer la campagne']"))


def test_a_replay_beside_an_open_campaign_of_one_certificate_ticks_nothing(
    browser: Chrome, simulator: RunningSimulator
) -> None:
    certificate = Path(simulator.ready["client_cert"])
    page = open_for_certificate(browser, simulator.home, fingerprint_of_file(certificate))
    call = ZeepCaller(simulator, CDC)
    with suppress(Fault):
        call(pointId="99999999999999", loginUtilisateur=simulator.login, autorisationClient=True)
    browser.get(page)
    observed = browser.find_elements(By.CSS_SELECTOR, "[data-morceau=observations] li > a")
    (exchange,) = [each.text for each in observed if each.text.isdecimal()]
    browser.get(f"{simulator.home}/echanges/{exchange}")
    follow(browser, browser.find_element(By.XPATH, "//button[.='Rejouer']"))
    assert f"Rejeu de l'échange {exchange}" in shown(browser)
    assert "Elles disent la même chose." in shown(browser)
    assert complaints(browser) == []
    browser.get(page)
    observed = browser.find_elements(By.CSS_SELECTOR, "[data-morceau=observations] li > a")
    assert [each.text for each in observed if each.text.isdecimal()] == [exchange]
    follow(browser, browser.find_element(By.XPATH, "//button[.='Fermer la campagne']"))

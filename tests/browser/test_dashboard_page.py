"""The dashboard of a simulator that runs."""

import pytest
import zeep
from browsing import complaints, follow, requested_addresses
from real_clients import ZeepCaller
from running_simulator import RunningSimulator
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

pytestmark = pytest.mark.browser

UNKNOWN = "99999999999999"


@pytest.fixture(scope="module")
def called(simulator: RunningSimulator) -> RunningSimulator:
    """The simulator after a call that passed and one that didn't, whose login is markup."""
    call = ZeepCaller(simulator, "/ConsultationDonneesTechniquesContractuelles/v1.0")
    call(pointId="25946599093143", loginUtilisateur=simulator.login, autorisationClient=True)
    for login in (simulator.login, "<script>document.title='pris'</script>@a.fr"):
        with pytest.raises(zeep.exceptions.Fault):
            call(pointId=UNKNOWN, loginUtilisateur=login, autorisationClient=True)
    return simulator


def test_the_dashboard_loads_nothing_from_elsewhere(
    browser: Chrome, called: RunningSimulator
) -> None:
    home = called.ready["admin_url"] + "/"
    browser.get(home)
    assert "homologation" in browser.find_element(By.TAG_NAME, "h1").text
    requested = requested_addresses(browser)
    assert requested
    assert [each for each in requested if not each.startswith(home)] == []
    assert complaints(browser) == []


def test_exchanges_are_filtered_and_opened(browser: Chrome, called: RunningSimulator) -> None:
    browser.get(called.ready["admin_url"] + "/")
    browser.find_element(By.NAME, "prm").send_keys(UNKNOWN)
    browser.find_element(By.NAME, "code").send_keys("SGT401")
    follow(browser, browser.find_element(By.CSS_SELECTOR, "form button"))
    rows = browser.find_elements(By.CSS_SELECTOR, "table tbody tr")
    assert rows
    assert all("SGT401" in row.text and UNKNOWN in row.text for row in rows)
    follow(browser, rows[0].find_element(By.TAG_NAME, "a"))
    shown = browser.find_element(By.TAG_NAME, "body").text
    for told in ("SGT401", f"<pointId>{UNKNOWN}</pointId>", "point inexistant"):
        assert told in shown, told
    assert complaints(browser) == []


def test_what_a_client_writes_is_shown_and_never_run(
    browser: Chrome, called: RunningSimulator
) -> None:
    browser.get(called.ready["admin_url"] + "/")
    newest = browser.find_element(By.CSS_SELECTOR, "table tbody tr a")
    follow(browser, newest)
    assert "document.title" in browser.find_element(By.TAG_NAME, "body").text
    assert browser.title != "pris"
    assert complaints(browser) == []

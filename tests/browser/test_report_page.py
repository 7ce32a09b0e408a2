"""The HTML report as a tester opens it: a file, in a browser without network."""

import subprocess
import sys
from pathlib import Path

import pytest
from browsing import complaints, every_look, requested_addresses, too_wide
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a campaign of a package, with a rule broken on purpose."""
    folder = tmp_path_factory.mktemp("campaign") / "report"
    command = [
        *(sys.executable, "-m", "sge_sim", "homologate", "--package", "consultation"),
        *("--release", "23.2"),
        *("--disabled-rules", "criteres_suffisants", "--report", str(folder)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    assert done.returncode == 1, done.stdout + done.stderr
    return folder / "rapport.html"


def test_the_report_shows_without_network(browser: Chrome, page: Path) -> None:
    browser.get(page.as_uri())
    assert browser.find_element(By.TAG_NAME, "h1").text == "Homologation sge-23.2"
    (verdict,) = browser.find_elements(By.CSS_SELECTOR, ".verdicts tbody tr")
    assert verdict.text.startswith("consultation non homologué")
    assert requested_addresses(browser) == [page.as_uri()]
    assert complaints(browser) == []


def test_a_case_opens_on_its_request_its_answer_and_its_rule(browser: Chrome, page: Path) -> None:
    browser.get(page.as_uri())
    cases = browser.find_elements(By.CSS_SELECTOR, "details")
    (case,) = (each for each in cases if "RP-NR2@C5" in each.text)
    assert "échoué" in case.text
    assert case.get_attribute("open")
    assert "Attendu : refus SGT4F7" in case.find_element(By.CLASS_NAME, "cause").text
    for summary in case.find_elements(By.CSS_SELECTOR, "details > summary")[1:]:
        summary.click()
    shown = case.text
    for told in ("refus SGT4F7", "<codeInseeCommune>34231", "rechercherPoint", "SGT200"):
        assert told in shown, told


# As long as they get where a whole package fails.
LONG_REASONS = """
for (const cell of document.querySelectorAll('.verdicts td:last-child, .constats td:last-child'))
    cell.textContent = 'RP-NR1@C5 échoué, '.repeat(60);
"""
LINES_OF_CELLS = """
return [...document.querySelectorAll('.verdicts td:nth-child(-n+2), .constats td:nth-child(2)')]
    .filter(cell => cell.offsetHeight)
    .map(cell => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return new Set([...range.getClientRects()].map(one => one.top)).size;
    })
"""


@pytest.mark.parametrize("width", [1200, 620])
def test_no_word_of_a_column_is_broken(browser: Chrome, page: Path, width: int) -> None:
    browser.set_window_size(width, 900)
    browser.get(page.as_uri())
    for case in browser.find_elements(By.CSS_SELECTOR, "h2 + details > summary"):
        case.click()
    browser.execute_script(LONG_REASONS)
    lines = browser.execute_script(LINES_OF_CELLS)
    assert len(lines) > 2
    assert set(lines) == {1}


def test_the_report_fits_a_narrow_screen(browser: Chrome, page: Path) -> None:
    browser.set_window_size(500, 900)
    browser.get(page.as_uri())
    for case in browser.find_elements(By.CSS_SELECTOR, "main > details:not([open])")[:3]:
        case.find_element(By.TAG_NAME, "summary").click()
    width, window = browser.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth]"
    )
    assert width <= window


def test_the_report_of_failures_is_looked_at(browser: Chrome, page: Path) -> None:
    for look in every_look(browser, page.as_uri(), "echecs"):
        assert too_wide(browser) == [], look

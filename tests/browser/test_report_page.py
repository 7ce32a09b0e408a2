"""The HTML report as a tester opens it: a file, in a browser without network."""

import base64
import re
from pathlib import Path

import pytest
from browsing import complaints, every_look, requested_addresses, show, too_wide
from campaign_samples import report_of_many_causes
from failing_campaign import write_failing_report
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from sge_sim.homologation.reports.html_report import render_html

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a campaign in which much goes wrong."""
    return write_failing_report(tmp_path_factory.mktemp("campaign")) / "rapport.html"


def test_the_report_shows_without_network(browser: Chrome, page: Path) -> None:
    browser.get(page.as_uri())
    assert browser.find_element(By.TAG_NAME, "h1").text == "Homologation sge-23.2"
    verdicts = browser.find_elements(By.CSS_SELECTOR, ".verdicts tbody tr")
    assert [" ".join(each.text.split()[:3]) for each in verdicts] == [
        "consultation non homologué",
        "commande homologué 15",
        "infrajournalier homologué 2",
        "historique non jugé",
    ]
    assert requested_addresses(browser) == [page.as_uri()]
    assert complaints(browser) == []


def test_the_first_screen_tells_verdicts_counts_causes_and_the_command(
    browser: Chrome, page: Path
) -> None:
    show(browser, page.as_uri(), 1280)
    for part in ("header strong", ".verdicts tr:last-child", "code.commande", ".causes li"):
        element = browser.find_element(By.CSS_SELECTOR, part)
        assert element.rect["y"] + element.rect["height"] < 900, part


def test_a_case_opens_on_its_request_its_answer_and_its_rule(browser: Chrome, page: Path) -> None:
    browser.get(page.as_uri())
    case = browser.find_element(By.ID, "RP-NR2@C5")
    assert "échoué" in case.text
    assert not case.get_attribute("open")
    for summary in case.find_elements(By.TAG_NAME, "summary"):
        summary.click()
    assert "Attendu : refus SGT4F7" in case.find_element(By.CLASS_NAME, "cause").text
    shown = case.text
    for told in ("refus SGT4F7", "<codeInseeCommune>34231", "rechercherPoint", "SGT500"):
        assert told in shown, told


def test_a_filter_shows_its_cases_alone(browser: Chrome, page: Path) -> None:
    browser.get(page.as_uri())
    browser.find_element(By.ID, "f-perturbe").click()
    shown = [
        each.get_attribute("id")
        for each in browser.find_elements(By.CLASS_NAME, "cas")
        if each.is_displayed()
    ]
    assert len(shown) == 5
    assert all(each and each.startswith("F38") for each in shown)


@pytest.mark.parametrize("count", [0, 120])
def test_printed_it_has_four_pages_at_most(
    browser: Chrome, page: Path, tmp_path: Path, count: int
) -> None:
    """Without the annex, whatever the number of causes and their length."""
    if count:
        page = tmp_path / "rapport.html"
        page.write_text(render_html(report_of_many_causes(count)))
    browser.get(page.as_uri())
    assert 1 < printed_pages(browser) <= 4
    browser.find_element(By.ID, "annexe").click()
    assert printed_pages(browser) > 4


def printed_pages(browser: Chrome) -> int:
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed)))


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
    for case in browser.find_elements(By.CSS_SELECTOR, ".cas > summary")[:3]:
        case.click()
    browser.execute_script(LONG_REASONS)
    lines = browser.execute_script(LINES_OF_CELLS)
    assert len(lines) > 2
    assert set(lines) == {1}


def test_the_report_fits_a_narrow_screen(browser: Chrome, page: Path) -> None:
    browser.set_window_size(500, 900)
    browser.get(page.as_uri())
    for case in browser.find_elements(By.CSS_SELECTOR, ".cas > summary")[:3]:
        case.click()
    width, window = browser.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth]"
    )
    assert width <= window


def test_the_report_of_failures_is_looked_at(browser: Chrome, page: Path) -> None:
    for look in every_look(browser, page.as_uri(), "echecs"):
        assert too_wide(browser) == [], look

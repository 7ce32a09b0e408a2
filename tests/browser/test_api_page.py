"""The API's page in a browser: it is drawn under its policy, and a call is made from it."""

from pathlib import Path

import pytest
from browsing import complaints, requested_addresses
from running_simulator import start_simulator
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.browser


def test_an_operation_is_tried_from_the_page(browser: Chrome, tmp_path: Path) -> None:
    with start_simulator(tmp_path, "--population-size", "0") as simulator:
        url = simulator.ready["admin_url"]
        browser.get(f"{url}/docs")
        operation = browser.find_element(By.CSS_SELECTOR, "[id$=read_clock_api_clock_get]")
        operation.find_element(By.CSS_SELECTOR, "button").click()
        operation.find_element(By.CSS_SELECTOR, "button.try-out__btn").click()
        operation.find_element(By.CSS_SELECTOR, "button.execute").click()
        WebDriverWait(browser, 10).until(lambda _: '"kind"' in operation.text)
        assert all(one.startswith(url) for one in requested_addresses(browser))
        assert complaints(browser) == []

"""Chromium without a window, cut off from any network but this machine's."""

import shutil
from collections.abc import Iterator

import pytest
from browsing import forget
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """One for all the tests of a module."""
    options = ChromeOptions()
    for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with Chrome(options=options, service=Service(shutil.which("chromedriver"))) as driver:
        driver.implicitly_wait(5)
        driver.set_script_timeout(120)  # axe, on a machine that does other things
        yield driver


@pytest.fixture
def browser(chromium: Chrome) -> Chrome:
    """A browser in which nothing remains of the test before."""
    forget(chromium)
    return chromium

"""What a browser did to show a page."""

import json

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait


def requested_addresses(browser: Chrome) -> list[str]:
    """Return every address asked for since the last call, in order.

    The browser's own pages don't count, nor what stands in an address itself (`data:`).
    """
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    addresses = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    return [address for address in addresses if not address.startswith(("chrome:", "data:"))]


def complaints(browser: Chrome) -> list[str]:
    """Return the errors and warnings of the console, the content policy's among them."""
    return [
        entry["message"]
        for entry in browser.get_log("browser")
        if entry["level"] in ("SEVERE", "WARNING")
    ]


def follow(browser: Chrome, element: WebElement) -> None:
    """Click on what leads to another page; return once this one is gone.

    Without the wait, what is found next may still be of this page, and stale a moment later.
    """
    element.click()
    # While one page makes way for the other, the driver may fail to ask after the element.
    waiting = WebDriverWait(browser, 60, ignored_exceptions=(WebDriverException,))
    waiting.until(staleness_of(element))

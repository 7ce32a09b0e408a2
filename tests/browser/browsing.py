"""What a browser shows, and what it did to show it.

Where `SGE_SIM_IMAGES` names a folder, the pages that are looked at are kept there as images.
"""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

WIDTHS = (1280, 390)
TOO_WIDE = """
const room = window.innerWidth;
if (document.documentElement.scrollWidth <= room) return [];
return [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > room)
    .map(one => one.outerHTML.slice(0, 120));
"""


def show(
    browser: Chrome, address: str, width: int, scheme: str = "light", height: int = 900
) -> None:
    """Open a page in a window of that size, for somebody who likes it light or dark."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.get(address)
    if address.endswith("/docs"):
        WebDriverWait(browser, 20).until(
            lambda _: browser.execute_script("return document.querySelector('.opblock') !== null")
        )
    if "/points/" in address:
        WebDriverWait(browser, 20).until(
            lambda _: browser.execute_script("return document.getElementById('trace').dataset.pret")
        )


def every_look(browser: Chrome, address: str, name: str) -> Iterator[tuple[int, str]]:
    """Show a page wide and narrow, light and dark, and keep each image."""
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            show(browser, address, width, scheme)
            keep_image(browser, f"{name}-{width}-{scheme}")
            yield width, scheme


def page_height(browser: Chrome) -> int:
    """Return how high the page is, in pixels."""
    height: int = browser.execute_script("return document.documentElement.scrollHeight")
    return height


def too_wide(browser: Chrome) -> list[str]:
    """Return what of the page stands out of the window."""
    found: list[str] = browser.execute_script(TOO_WIDE)
    return found


def keep_image(browser: Chrome, name: str) -> None:
    folder = os.environ.get("SGE_SIM_IMAGES")
    if folder:
        height = page_height(browser)
        size = browser.execute_script("return window.innerWidth")
        shot = browser.execute_cdp_cmd(
            "Page.captureScreenshot",
            {
                "captureBeyondViewport": True,
                "clip": {"x": 0, "y": 0, "width": size, "height": min(height, 2600), "scale": 1},
            },
        )
        (Path(folder) / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


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

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
DRAWN = """
const plot = document.getElementById('trace');
const api = document.getElementById('api');
return (!plot || plot.hidden || plot.dataset.pret)
    && (!api || api.querySelector('.opblock') !== null);
"""


def show(
    browser: Chrome, address: str, width: int, scheme: str = "light", height: int = 900
) -> None:
    """Open a page in a window of that size, for somebody who likes it light or dark."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    like(browser, scheme)
    browser.get(address)
    settle(browser)


def like(browser: Chrome, scheme: str) -> None:
    """Have the page light or dark."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )


def settle(browser: Chrome) -> None:
    """Wait for what a page draws by itself: a plot, the operations of the interface."""
    WebDriverWait(browser, 20).until(lambda _: browser.execute_script(DRAWN))


def every_look(browser: Chrome, address: str, name: str) -> Iterator[tuple[int, str]]:
    """Show a page wide and narrow, light and dark, and keep each image.

    It is opened once a width: the colours follow by themselves.
    """
    for width in WIDTHS:
        show(browser, address, width)
        keep_image(browser, f"{name}-{width}-light")
        yield width, "light"
        like(browser, "dark")
        keep_image(browser, f"{name}-{width}-dark")
        yield width, "dark"


def forget(browser: Chrome) -> None:
    """Leave the browser as it was when it opened: no page, no size, nothing kept or logged."""
    browser.get("about:blank")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.execute_cdp_cmd("Security.setIgnoreCertificateErrors", {"ignore": False})
    browser.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    browser.set_window_size(1280, 900)
    for log in ("browser", "performance"):
        browser.get_log(log)


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
                "optimizeForSpeed": True,
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

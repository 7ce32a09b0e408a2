"""What a browser did to show a page."""

import json

from selenium.webdriver import Chrome


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

"""The consent of Data Connect in a browser: from the application's link back to the application."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from browsing import complaints, follow
from dataconnect_kit import C5, CURVE, Client, admin, data_connect_simulator
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

pytestmark = pytest.mark.browser


class Back(BaseHTTPRequestHandler):
    """The page of the application to which the customer is sent back."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Retour</title><p>Merci.")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """An application whose registered address answers."""
    with (
        ThreadingHTTPServer(("localhost", 0), Back) as server,
        data_connect_simulator(tmp_path_factory.mktemp("consent")) as simulator,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = Client(simulator)
        admin(
            simulator,
            f"/api/applications/{client.application['client_id']}",
            redirect_uri=f"http://localhost:{server.server_port}/retour",
        )
        yield client
        server.shutdown()


def ask(browser: Chrome, client: Client, version: str, state: str) -> None:
    """Open the page as the link of the application does, and log in as the holder of a point."""
    asked = client.asked({"state": state})
    browser.get(f"{client.url}/dataconnect/{version}/oauth2/authorize?{urlencode(asked)}")
    browser.find_element(By.NAME, "recherche").send_keys(C5)
    follow(browser, browser.find_element(By.CSS_SELECTOR, "form button"))
    follow(browser, browser.find_element(By.CSS_SELECTOR, "main li a"))


def decide(browser: Chrome, decision: str) -> dict[str, str]:
    """Press a button; return what the application is told."""
    follow(browser, browser.find_element(By.CSS_SELECTOR, f"button[value={decision}]"))
    assert browser.title == "Retour", browser.page_source
    query = parse_qs(urlsplit(browser.current_url).query)
    return {name: values[0] for name, values in query.items()}


def curve(client: Client) -> requests.Response:
    return client.get(CURVE, pointId=C5, dateDebut="2026-11-18", dateFin="2026-11-25")


@pytest.fixture
def trusting(browser: Chrome, client: Client) -> Chrome:
    """The browser, its certificate errors passed over: its store doesn't know the simulator."""
    browser.execute_cdp_cmd("Security.setIgnoreCertificateErrors", {"ignore": True})
    return browser


def test_a_customer_accepts_then_takes_it_back(trusting: Chrome, client: Client) -> None:
    browser = trusting
    ask(browser, client, "v2", "parcours1")
    shown = browser.find_element(By.TAG_NAME, "main").text
    for told in ("Application de test", "ALPHA SERVICES ENERGIE", C5, "25/11/2027"):
        assert told in shown, told
    assert complaints(browser) == []
    told_back = decide(browser, "accepter")
    assert told_back.keys() == {"autorisation_id", "state"}
    assert told_back["state"] == "parcours1"

    found = client.services(int(told_back["autorisation_id"]))
    assert {one["pointId"] for one in found["serviceSouscrit"]} == {C5}
    answer = curve(client)
    assert answer.status_code == 200
    assert len(answer.json()["grandeur"][0]["points"]) == 7 * 48

    browser.get(client.simulator.ready["admin_url"] + "/consentements")
    row = browser.find_element(By.CSS_SELECTOR, "table tbody tr")
    assert C5 in row.text
    assert "en vigueur" in row.text
    follow(browser, row.find_element(By.TAG_NAME, "button"))
    ended = browser.find_element(By.CSS_SELECTOR, "table tbody tr").text
    assert "Retrait du consentement par le client" in ended
    assert complaints(browser) == []
    assert curve(client).status_code == 403


def test_a_customer_refuses(trusting: Chrome, client: Client) -> None:
    ask(trusting, client, "v2", "refus")
    assert decide(trusting, "refuser") == {
        "error": "invalid_request",
        "error_description": "demande_non_aboutie",
        "state": "refus",
    }
    ask(trusting, client, "v1", "refus1")
    assert decide(trusting, "refuser")["error"] == "access_denied"
    assert complaints(trusting) == []


def test_v1_gives_a_code_and_the_point(trusting: Chrome, client: Client) -> None:
    ask(trusting, client, "v1", "v1")
    told = decide(trusting, "accepter")
    assert told["usage_point_id"] == C5
    assert told["code"]
    identity = client.get("/customers_i/v5/identity", usage_point_id=C5)
    assert identity.status_code == 200

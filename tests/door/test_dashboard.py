"""The dashboard of a simulator that runs: refusals of every kind are in its journal."""

import pytest
import requests
from door_kit import Doors, knock_once, last_id, recorded_after
from lxml import html
from running_simulator import RunningSimulator

pytestmark = pytest.mark.xdist_group("door")

PATH = "/ConsultationDonneesTechniquesContractuelles/v1.0"
SCRIPT = "<script>alert(1)</script>"


def page(simulator: RunningSimulator, path: str = "/") -> requests.Response:
    answer = requests.get(simulator.ready["admin_url"] + path, timeout=10)
    answer.raise_for_status()
    return answer


def send(simulator: RunningSimulator, body: bytes) -> int:
    """Send a message as the default tiers; return the number of its exchange."""
    before = last_id(simulator)
    with simulator.session_of("tiers") as session:
        session.post(simulator.url + PATH, body, headers={"Content-Type": "text/xml"}, timeout=10)
    return int(recorded_after(simulator, before)["id"])


def test_the_dashboard_shows_the_simulator_and_its_actors(doors: Doors) -> None:
    for environnement, simulator in doors.simulators.items():
        home = page(simulator).text
        assert f"<span>{environnement}</span>" in home
        assert simulator.url in home
        assert "a expiré le" in page(simulator, "/acteurs").text  # of the case « expire »


def test_the_page_has_its_icon(homologation: RunningSimulator) -> None:
    icon = page(homologation, "/favicon.ico")
    assert icon.headers["Content-Type"] in ("image/x-icon", "image/vnd.microsoft.icon")
    assert icon.content.startswith(b"\0\0\1\0")


def test_a_refused_handshake_is_in_the_journal(
    homologation: RunningSimulator, doors: Doors
) -> None:
    number = send(homologation, b"<a/>")
    before = last_id(homologation)
    knock_once(homologation, doors.files["expire"])
    knocked = recorded_after(homologation, before)["id"]
    tree = html.fromstring(page(homologation, "/journal").content)
    links = tree.xpath("//table//td[1]/a/@href")
    assert f"/echanges/{number}" in links
    assert f"/echanges/{knocked}" in links
    tree = html.fromstring(page(homologation, "/journal?q=sgt562").content)
    assert {one.text for one in tree.xpath("//tbody/tr/td[6]/a")} == {"SGT562"}


@pytest.mark.parametrize(
    "body", [SCRIPT.encode(), b"<a>]]>" + SCRIPT.encode(), b"\xff\xfe\x00<", b"<a>&lt;b></a>"]
)
def test_what_a_client_writes_is_shown_as_text(homologation: RunningSimulator, body: bytes) -> None:
    number = send(homologation, body)
    for path in (f"/echanges/{number}", "/", f"/journal?q={SCRIPT}&service={SCRIPT}&prm={SCRIPT}"):
        answer = page(homologation, path)
        assert SCRIPT not in answer.text
        assert not html.fromstring(answer.content).xpath("//script[not(@src)]")

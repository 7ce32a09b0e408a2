"""The dashboard: what it shows, and that nothing a client writes can become a script."""

import re

import pytest
import requests
from door_kit import Doors, knock_once, last_id, recorded_after
from lxml import html
from running_simulator import RunningSimulator

from sge_sim.admin.pretty import MAX_SHOWN, pretty

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
        text = page(simulator).text
        assert f"Plateforme : {environnement}" in text
        assert simulator.url in text
        assert "TIERS1" in text
        assert "certificat « tiers.sge-sim.example »" in text
        assert "InfraJournalier" in text
        assert "a expiré le" in text  # of the case « expire »


def test_the_page_needs_no_script_and_nothing_from_elsewhere(
    homologation: RunningSimulator,
) -> None:
    answer = page(homologation)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    tree = html.fromstring(answer.content)
    assert not tree.xpath("//script | //img | //iframe | //*[@style] | //@onclick")
    links = tree.xpath("//link/@href | //a/@href | //form/@action")
    assert all(link.startswith(("/", "#")) for link in links)
    assert tree.xpath("//meta[@name='viewport']")
    assert tree.get("lang") == "fr"
    style = page(homologation, "/static/style.css")
    assert style.headers["Content-Type"].startswith("text/css")
    assert not re.search(r"url\(|@import", style.text)


def test_the_page_has_its_icon(homologation: RunningSimulator) -> None:
    icon = page(homologation, "/favicon.ico")
    assert icon.headers["Content-Type"] in ("image/x-icon", "image/vnd.microsoft.icon")
    assert icon.content.startswith(b"\0\0\1\0")


def test_every_field_of_the_filter_has_a_label(homologation: RunningSimulator) -> None:
    tree = html.fromstring(page(homologation).content)
    inputs = tree.xpath("//form//input")
    assert [one.get("name") for one in inputs] == ["code", "prm", "service"]
    assert all(one.getparent().tag == "label" for one in inputs)


def test_the_exchanges_are_filtered(homologation: RunningSimulator, doors: Doors) -> None:
    number = send(homologation, b"<a/>")
    knock_once(homologation, doors.files["expire"])
    tree = html.fromstring(page(homologation, "/?code=SGT562").content)
    assert f"/echanges/{number}" in tree.xpath("//table//a/@href")
    assert {one.text for one in tree.xpath("//tbody/tr/td[6]")} == {"SGT562"}
    assert page(homologation, "/?code=sgt562").text.count("<tr class") > 0
    assert "ne répond à ces critères" in page(homologation, "/?prm=00000000000000").text


def test_an_exchange_has_its_page_with_the_rule_and_both_messages(
    homologation: RunningSimulator,
) -> None:
    namespace = (
        "http://www.enedis.fr/sge/b2b/services/consulterdonneestechniquescontractuelles/v1.0"
    )
    number = send(
        homologation,
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<c:consulterDonneesTechniquesContractuelles xmlns:c="{namespace}">'
        "<pointId>99999999999999</pointId>"
        f"<loginUtilisateur>{homologation.login}</loginUtilisateur>"
        "<autorisationClient>true</autorisationClient>"
        "</c:consulterDonneesTechniquesContractuelles></s:Body></s:Envelope>".encode(),
    )
    tree = html.fromstring(page(homologation, f"/echanges/{number}").content)
    text = tree.text_content()
    assert "SGT401" in text
    assert "Règle qui a décidé" in text
    assert "documenté" in text
    assert "aurait été accepté : " in text
    assert "The point exists" not in text  # what a tester reads is in French
    request, response = (one.text_content() for one in tree.xpath("//pre"))
    assert "\n      <pointId>99999999999999</pointId>" in request
    assert "faultstring" in response
    assert page_status(homologation, "/echanges/999999999") == 404


def page_status(simulator: RunningSimulator, path: str) -> int:
    return requests.get(simulator.ready["admin_url"] + path, timeout=10).status_code


@pytest.mark.parametrize(
    "body", [SCRIPT.encode(), b"<a>]]>" + SCRIPT.encode(), b"\xff\xfe\x00<", b"<a>&lt;b></a>"]
)
def test_what_a_client_writes_is_shown_as_text(homologation: RunningSimulator, body: bytes) -> None:
    number = send(homologation, body)
    for path in (f"/echanges/{number}", "/", f"/?code={SCRIPT}&service={SCRIPT}"):
        answer = page(homologation, path)
        assert SCRIPT not in answer.text
        assert not html.fromstring(answer.content).xpath("//script")


def test_xml_is_indented_and_entities_are_not_expanded() -> None:
    assert pretty(b"<a><b>1</b></a>") == "<a>\n  <b>1</b>\n</a>"
    bomb = b'<!DOCTYPE a [<!ENTITY e "boum">]><a>&e;</a>'
    assert pretty(bomb) == bomb.decode()
    assert pretty(b"pas du XML \xe9") == "pas du XML \ufffd"
    assert pretty(None) == ""


def test_a_long_message_is_cut_on_the_page() -> None:
    shown = pretty(b"x" * (MAX_SHOWN + 1))
    assert len(shown) < MAX_SHOWN + 100
    assert shown.endswith(f"(coupé : {MAX_SHOWN + 1} caractères en tout)")

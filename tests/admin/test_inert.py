"""What a SOAP client writes, in whatever field, stays text on every page and in every report."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import get_args

import pytest
from admin_kit import TEXTS, Room, control_room
from lxml import etree, html
from openpyxl import load_workbook

from sge_sim.admin.filtres_journal import KINDS
from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import KindEchange
from sge_sim.homologation.reports.html_report import render_html
from sge_sim.homologation.reports.junit_report import render_junit
from sge_sim.homologation.reports.suivi_xlsx import render_xlsx
from sge_sim.machine.files import data_path
from sge_sim.refus import Rule
from sge_sim.soap.contract import load_contracts

MARKS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b onclick=alert(3)>"
IMAGE = "<img src=x onerror=alert(4)>"
C5 = "25946599093143"
NOW = datetime(2025, 3, 10, 10, tzinfo=PARIS)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room whose every service was sent markup in every element of its request."""
    with control_room(tmp_path_factory.mktemp("attacked"), population_size=0, now=NOW) as room:
        room.state.campaigns.start("sge-26.1")
        room.state.campaigns.start("sge-23.2", "FOURN1")
        for path, contract in load_contracts(data_path("wsdl")).items():
            names = {
                one.get("name") for schema in contract.schemas.values() for one in elements(schema)
            }
            room.services.post(path, message(contract.request, names), user_agent=MARKS)
        for login in (MARKS, f"{MARKS}@a.fr"):
            for prm in (C5, MARKS[:20], "99999999999999"):
                room.call_cdc(html_escape(prm), html_escape(login))
        room.order_courbe(C5, IMAGE)
        rule, body = Rule(MARKS, "SGT401", MARKS, "assumed", MARKS), MARKS.encode()
        written = dict.fromkeys(TEXTS, MARKS)
        for kind in get_args(KindEchange):  # calls of Data Connect among them
            room.record(kind, rule=rule, request=body, response=body, **written)
        yield room


def elements(schema: bytes) -> Iterator[etree._Element]:
    return etree.fromstring(schema).iter("{http://www.w3.org/2001/XMLSchema}element")


def html_escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message(request: str, names: set[str | None]) -> bytes:
    namespace, _, name = request[1:].partition("}")
    envelope = etree.Element("{http://schemas.xmlsoap.org/soap/envelope/}Envelope")
    body = etree.SubElement(envelope, "{http://schemas.xmlsoap.org/soap/envelope/}Body")
    demand = etree.SubElement(body, f"{{{namespace}}}{name}")
    for one in sorted(filter(None, names)):
        etree.SubElement(demand, one, attribut=MARKS).text = MARKS
    whole: bytes = etree.tostring(envelope)
    return whole


def is_inert(page: html.HtmlElement) -> bool:
    bad = "//script[not(@src)] | //img | //@*[starts-with(name(), 'on')] | //b[@onclick]"
    return not page.xpath(bad)


def test_every_page_is_inert(attacked: Room) -> None:
    last = attacked.state.journal.newest_id()
    exchanges = [f"/echanges/{number}" for number in range(1, last + 1)]
    kinds = "&".join(f"genre={one}" for one, _ in KINDS)
    lists = ["/", f"/journal?{kinds}", "/campaigns", "/campaigns/1", f"/points/{C5}", "/services"]
    assert IMAGE in attacked.text(f"/points/{C5}"), "the name of an order is shown"
    assert MARKS in attacked.text(f"/echanges/{last}"), "what was recorded is shown"
    cases = [
        str(one) for one in attacked.page("/campaigns/1").xpath("//tr[@data-morceau]/td[1]/a/@href")
    ][:3]
    searches = [
        f"{path}?{name}={MARKS.replace('#', '')}"
        for path, name in (
            *(
                ("/journal", one)
                for one in ("q", "service", "acteur", "prm", "du", "issue", "genre")
            ),
            ("/points", "q"),
            ("/points", "segment"),
            ("/services", "prm"),
            ("/services", "etat"),
            ("/fichiers", "prm"),
            ("/fichiers", "contrat"),
            ("/codes", "q"),
            (f"/points/{C5}", "type"),
            (f"/points/{C5}", "debut"),
        )
    ]
    for path in (*exchanges, *lists, *cases, *searches):
        answer = attacked.ask("GET", path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, path
        assert is_inert(html.fromstring(answer.content)), path


def test_the_reports_of_an_observed_campaign_are_inert(attacked: Room) -> None:
    seen = attacked.state.campaigns.read(1).rapport()
    runs = tuple(replace(one, logiciel=MARKS) for one in seen.executions)
    rapport = replace(seen, executions=runs)
    assert is_inert(html.fromstring(render_html(rapport, rapport)))
    assert etree.fromstring(render_junit(rapport)).tag == "testsuites"
    book = load_workbook(io.BytesIO(render_xlsx(rapport)))
    for sheet in book.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)

"""Services and files in the browser, after an order and the days that follow."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from admin_kit import Room, control_room
from lives import CURVE
from lxml import html
from state_kit import faits_to_subscribe

from sge_sim.clock import PARIS, Duree, parse_instant
from sge_sim.commandes.affaires import Commande, subscribe
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.prestations import prestation_collecte
from sge_sim.domaine.jours_ouvres import Delai
from sge_sim.operations import AnyOperation
from sge_sim.operations.demandes import list_services
from sge_sim.operations.flux import list_fichiers
from sge_sim.operations.points import list_points
from sge_sim.tables.retombees import retombees_between

C5 = "25884515170669"
NOW = parse_instant("2025-08-01T10:00")


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room where the curve of a C5 is transmitted every day, for a client named like a script."""
    folder = tmp_path_factory.mktemp("ordered")
    with control_room(folder, now=NOW, environment="production") as room:
        now = room.state.clock.now().astimezone(PARIS)
        contrat = room.services.simulator.callers[0].contrat_id
        souscription = replace(
            CURVE, contrat_id=contrat, date_debut=now.date() + timedelta(1), date_fin=None
        )
        commande = Commande(
            C5, "TIERS1", contrat, "<b>a</b>@b.fr", "AME", None, now, Delai(Duree())
        )
        with room.state.database.transaction() as session:
            subscribe(
                session,
                commande,
                faits_to_subscribe(session, C5, souscription),
                souscription,
                (),
                prestation_collecte("C5", "SOUTIRAGE", "CDC", recurrente=True),
                Declaration(True, "<script>alert(1)</script>", True, False),
            )
        yield room


def test_what_an_advance_set_off_is_linked(ordered: Room) -> None:
    page = ordered.press("/clock", action="10d", retour="/services")
    (told,) = page.xpath("//section[@id='clock']/p[@role='status']")
    words = " ".join(told.text_content().split())
    assert "fichiers publiés" in words
    with ordered.state.database.sessions() as session:
        since = retombees_between(session, NOW - timedelta(1), NOW + timedelta(10))
    assert (since.actives, since.termines) == (1, 0)
    (link,) = told.xpath(".//a[starts-with(@href, '/fichiers')]/@href")
    count = int(told.xpath(".//a[starts-with(@href, '/fichiers')]")[0].text.split()[0])
    assert len(ordered.page(link).xpath("//main//tbody/tr")) == count


def test_services_are_listed_and_filtered(ordered: Room) -> None:
    ordered.press("/clock", action="1d")
    (row,) = [
        one
        for one in ordered.page(f"/services?prm={C5}&etat=actif").xpath("//main//tbody/tr")
        if "30 min" in one.text_content()
    ]
    words = " ".join(row.text_content().split())
    for told in ("actif", "courbe de charge, soutirage, pas de 30 min, quotidienne", C5, "TIERS1"):
        assert told in words
    assert "Aucun service" in ordered.text("/services?etat=TERMINE")
    (bar,) = ordered.page(f"/points/{C5}").xpath(
        "//*[@class='present'][contains(., 'Transmission')]/@x"
    )
    assert bar.endswith("%")


@pytest.mark.parametrize(
    ("listing", "path"),
    [
        (list_services, "/services"),
        (list_points, "/points?segment=C5"),
        (list_fichiers, "/fichiers"),
    ],
)
def test_a_long_list_goes_on_page_after_page(
    ordered: Room, monkeypatch: pytest.MonkeyPatch, listing: AnyOperation, path: str
) -> None:
    ordered.press("/clock", action="4d")
    whole = first_cells(ordered.page(path))
    assert len(whole) > 1
    size = -(-len(whole) // 3)
    monkeypatch.setitem(vars(listing), "per_page", size)
    found, links = [], [path]
    while links:
        page = ordered.page(links[0])
        found += first_cells(page)
        links = page.xpath("//main//a[@rel='next']/@href")
        assert len(found) <= len(whole)
    assert found == whole


def first_cells(page: html.HtmlElement) -> list[str]:
    return [one.text_content() for one in page.xpath("//main//tbody//td[1]")]


def test_the_api_gives_the_address_of_the_next_files(ordered: Room) -> None:
    ordered.press("/clock", action="4d")
    whole = [one["nom"] for one in ordered.ask("GET", "/api/flux").json()]
    assert len(whole) > 1
    answer = ordered.ask("GET", "/api/flux?limit=1")
    assert [answer.json()[0]["nom"]] == whole[:1]
    following = requests.get(answer.links["next"]["url"], timeout=10).json()
    assert [one["nom"] for one in following] == whole[1:2]


def test_a_file_is_shown_as_a_table_and_as_xml(ordered: Room) -> None:
    ordered.press("/clock", action="10d")
    link = ordered.page(f"/fichiers?prm={C5}").xpath("//main//tbody//td[1]/a/@href")[0]
    page = ordered.page(link)
    columns = [one.text for one in page.xpath("//main//table/thead//th")]
    assert columns == ["H", "V", "IV"]
    assert page.xpath("//main//table/tbody/tr")
    assert "Identifiant_Flux" in page.xpath("//div[@class='xml']")[0].text_content()
    answer = ordered.ask("GET", page.xpath("//a[@download]/@href")[0])
    assert answer.content.startswith(b"PK")
    assert ordered.ask("GET", "/fichiers/99999").status_code == 404
    assert "du : « hier » n'est pas une date" in ordered.text("/fichiers?du=hier")


def test_what_an_order_says_of_its_client_is_text(ordered: Room) -> None:
    page = ordered.page(f"/points/{C5}")
    words = page.text_content()
    assert "au nom de <script>alert(1)</script>" in words
    assert "<b>a</b>@b.fr" in words
    assert not page.xpath("//main//script | //main//li//b")

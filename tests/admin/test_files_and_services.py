"""Services and files in the browser, after an order and the days that follow."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zipfile import ZIP_STORED, ZipFile

import pytest
import requests
from admin_kit import Room, control_room
from lives import CURVE
from lxml import html
from state_kit import faits_to_subscribe

from sge_sim.admin.routes import flux
from sge_sim.admin.routes.flux import MAX_ROWS
from sge_sim.clock import PARIS, Duree, parse_instant
from sge_sim.commandes.affaires import Commande, subscribe
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.prestations import prestation_collecte
from sge_sim.domaine.jours_ouvres import Delai
from sge_sim.machine.documents import member_info, zipped
from sge_sim.operations import AnyOperation
from sge_sim.operations.demandes import list_services
from sge_sim.operations.flux import list_fichiers
from sge_sim.operations.points import list_points
from sge_sim.tables.flux import find_fichiers
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


def test_a_file_is_shown_as_a_table_and_as_it_is(ordered: Room) -> None:
    ordered.press("/clock", action="10d")
    link = ordered.page(f"/fichiers?prm={C5}").xpath("//main//tbody//td[1]/a/@href")[0]
    page = ordered.page(link)
    columns = [one.text for one in page.xpath("//main//table/thead//th")]
    assert columns == ["Point", "Grandeur", "Horodate", "Valeur", "Unité"]
    assert "Jour" in page.xpath("//main/p[starts-with(., 'Partout')]")[0].text_content()
    rows = [[cell.text for cell in row] for row in page.xpath("//main//table/tbody/tr")]
    assert len(rows) in (46, 48, 50)
    assert {(prm, grandeur, unite) for prm, grandeur, _, _, unite in rows} == {(C5, "PA", "W")}
    (made_by,) = page.xpath("//dt[.='Demandé par']/following-sibling::dd")
    assert "courbe de charge, soutirage, quotidienne" in made_by.text_content()
    written = ordered.page(page.xpath("//main//a[contains(@href, 'tel_quel')]/@href")[0])
    assert "Identifiant_Flux" in written.xpath("//div[@class='xml']")[0].text_content()
    answer = ordered.ask("GET", page.xpath("//a[@download]/@href")[0])
    assert answer.content.startswith(b"PK")
    for gone in ("/fichiers/99999", f"{link}?document=1"):
        assert ordered.ask("GET", gone).status_code == 404
    menu = ordered.page("/touches").xpath("//nav[@id='menu']//a[@href='/fichiers']/small")
    assert menu == []  # all are delivered
    assert "du : « hier » n'est pas une date" in ordered.text("/fichiers?du=hier")


ROW = "<PDC><H>2025-03-10T00:30:00+01:00</H><V>{}</V></PDC>"
HEAD = f"<R50><PRM><Id_PRM>{C5}</Id_PRM><Donnees_Releve><Date_Releve>2025-03-10</Date_Releve>"
MEASURES = (
    '{"header":{"codeFlux":"R63"},"mesures":[{"idPrm":"1","grandeur":[{"grandeurPhysique":"PA",'
    '"points":['
)
VALUES = range(MAX_ROWS * 20)
LARGE = {
    "r50.xml": HEAD + "".join(map(ROW.format, VALUES)) + "</Donnees_Releve></PRM></R50>",
    "r63.json": MEASURES + ",".join(f'{{"v":"{n}","d":"2025-03-10"}}' for n in VALUES) + "]}]}]}",
    "r63.csv": "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;"
    "Etape métier;Unité;Horodate;Valeur;Nature;Pas;Indice de vraisemblance;Etat complémentaire\n"
    + "".join(f"{C5};;;PA;CONS;BRUT;W;2025-03-10 00:30:00;{n};B;PT30M;0;0\n" for n in VALUES),
}


def put(room: Room, *members: tuple[str, bytes]) -> str:
    """Have the last file be an archive of these, and return its address."""
    with room.state.database.sessions() as session:
        fichier = find_fichiers(session, limit=1)[0]
    with ZipFile(room.state.settings.data_dir / fichier.chemin, "w", ZIP_STORED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return f"/fichiers/{fichier.id}"


def test_a_large_file_is_read_by_its_beginning_page_after_page(
    ordered: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value that its cut leaves in two isn't shown, and what follows isn't held."""
    monkeypatch.setattr(flux, "OCTETS_LUS", 2**17)
    ordered.press("/clock", action="4d")
    link = put(ordered, *((name, text.encode()) for name, text in LARGE.items()))
    for rank, name in enumerate(LARGE):
        page = ordered.page(f"{link}?document={rank}")
        assert values(page) == [*range(MAX_ROWS)]
        (following,) = page.xpath("//a[@rel='next']/@href")
        assert values(ordered.page(following)) == [*range(MAX_ROWS, 2 * MAX_ROWS)]
        last = ordered.page(f"{link}?document={rank}&apres={MAX_ROWS * 6}")
        assert values(last) == [*range(MAX_ROWS * 6, MAX_ROWS * 7)]
        beyond = ordered.page(f"{link}?document={rank}&apres={VALUES[-1] - 1}")
        assert "plus de ligne" in beyond.text_content()
        assert "premiers octets de" in beyond.text_content(), name
        written = ordered.ask("GET", f"{link}?document={rank}&tel_quel=oui")
        assert len(written.content) < 150_000
        assert str(MAX_ROWS) in written.text
    tracemalloc.start()
    link = put(ordered, ("a.xml", LARGE["r50.xml"].encode() + b" " * 2**24))
    tracemalloc.reset_peak()
    ordered.page(link)
    assert tracemalloc.get_traced_memory()[1] < 2**23
    tracemalloc.stop()


def values(page: html.HtmlElement) -> list[int]:
    return [int(one.text) for one in page.xpath("//main//tbody//td[4]")]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("a.xml", b"<!DOCTYPE R50 [<!ENTITY e 'x'>]><R50><a>&e;</a></R50>")], "DTD"),
        ([("a.xml", b"\xff\xfe")], "ni de l'UTF-8"),
        ([("a.json", b'{"a": 1}')], "Rien ici ne se lit en lignes"),
        ([("dedans.zip", zipped([(member_info("b.json"), b"[]")]))], "b.json"),
        ([], "moins de 1 document"),
    ],
)
def test_what_is_no_flux_is_told(
    ordered: Room, members: list[tuple[str, bytes]], said: str
) -> None:
    ordered.press("/clock", action="4d")
    answer = ordered.ask("GET", put(ordered, *members))
    assert said in html.fromstring(answer.content).text_content()


def test_a_damaged_archive_is_told(ordered: Room) -> None:
    ordered.press("/clock", action="4d")
    link = put(ordered, ("a.json", b'{"a": 1}'))
    with ordered.state.database.sessions() as session:
        file = ordered.state.settings.data_dir / find_fichiers(session, limit=1)[0].chemin
    file.write_bytes(file.read_bytes().replace(b'{"a": 1}', b'{"a": 2}'))
    assert "Cette archive est abîmée" in ordered.text(link)


def test_what_an_order_says_of_its_client_is_text(ordered: Room) -> None:
    page = ordered.page(f"/points/{C5}")
    words = page.text_content()
    assert "au nom de <script>alert(1)</script>" in words
    assert "<b>a</b>@b.fr" in words
    assert not page.xpath("//main//script | //main//li//b")

"""The pages of actors, certificates, services, files, codes and help, and what all pages share."""

import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from admin_kit import Room
from lxml import html

from sge_sim.admin.routes import references

PAGES = (
    "/",
    "/journal",
    "/points",
    "/services",
    "/fichiers",
    "/demandes",
    "/campaigns",
    "/acteurs",
    "/certificats",
    "/codes",
    "/pannes",
    "/simulateur",
    "/canaux",
    "/tickets",
    "/touches",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_nothing_from_elsewhere_and_labels_its_fields(room: Room, path: str) -> None:
    answer = room.ask("GET", path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    tree = room.page(path)
    assert tree.get("lang") == "fr"
    assert not tree.xpath("//iframe | //*[@style] | //script[not(@src)] | //style")
    handlers = tree.xpath("//@*[starts-with(name(), 'on')]")
    assert handlers == []
    links = tree.xpath("//link/@href | //script/@src | //a/@href | //form/@action")
    assert [one for one in links if not one.startswith(("/", "#"))] == []
    assert tree.xpath("//meta[@name='viewport']")
    (current,) = tree.xpath("//nav//a[@aria-current='page']/@href")
    under = {"/canaux": "/fichiers", "/tickets": "/certificats", "/touches": "/aide/"}
    assert current == under.get(path, path)
    for field in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert field.xpath("ancestor::label"), field.get("name")


def test_the_style_loads_nothing_but_the_font_beside_it() -> None:
    style = (Path(__file__).parents[2] / "sge_sim/admin/static/style.css").read_text()
    assert re.findall(r"url\((.*?)\)|@import", style) == ["inter.woff2"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Host": "localhost:8080"}, 200),
    ],
)
def test_another_host_or_origin_is_refused(
    room: Room, headers: dict[str, str], status: int
) -> None:
    for path in PAGES:
        assert room.ask("GET", path, headers=headers).status_code == status
    if status != 200:
        moved = room.ask("POST", "/clock", data={"action": "1d"}, headers=headers)
        assert moved.status_code == status
        assert room.ask("POST", "/echanges/1/rejouer", headers=headers).status_code == status


def test_a_page_that_changes_nothing_takes_no_post(room: Room) -> None:
    assert room.ask("POST", "/codes", headers={"Origin": room.home}).status_code == 405
    assert room.ask("GET", "/clock").status_code == 405


def test_actors_show_what_belongs_to_them(room: Room) -> None:
    words = room.text("/acteurs")
    for told in ("TIERS1", "« tiers.sge-sim.example » en homologation", "infrajournalier", "(ET)"):
        assert told in words


def test_certificates_are_renewed_in_working_days(room: Room) -> None:
    page = room.page("/certificats")
    told = [" ".join(one.text_content().split()) for one in page.xpath("//td[5]")]
    assert "non exigé" in told
    assert any(
        re.fullmatch(r"à déposer le .* au plus tard : .*\d+ jours ouvrés", one) for one in told
    )


def test_a_certificate_is_checked_in_the_page(room: Room) -> None:
    pem = next(iter(room.services.simulator.callers)).certificate.read_text()
    page = room.press("/certificats/verifier", pem=pem, environnement="homologation")
    words = " ".join(page.text_content().split())
    assert "Accepté en homologation" in words
    assert "texte donné : certificat de l'acteur" in words
    page = room.press("/certificats/verifier", pem="<b>rien</b>", environnement="production")
    (refused,) = page.xpath("//p[@role='alert']")
    assert "Le texte donné" in refused.text_content()
    assert page.xpath("//textarea[@name='pem']")[0].text.strip() == "<b>rien</b>"


def test_codes_are_searched_with_their_rules(room: Room) -> None:
    number = room.call_cdc()
    page = room.page("/codes?q=point inexist")
    assert page.xpath("//section[@id]/@id") == ["clock", "SGT401"]
    words = " ".join(page.text_content().split())
    for told in ("/point_connu", "passe avec", "documenté"):
        assert told in words
    (calls,) = page.xpath("//section[@id='SGT401']//a[text()=\"appels qui l'ont reçu\"]/@href")
    assert room.page(calls).xpath(f"//a[@href='/echanges/{number}']")
    assert "0 code" in room.text("/codes?q=introuvable")


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ZipFile(tmp_path / "aide.zip", "w") as site:
        site.writestr("index.html", "<h1>Aide</h1>")
        site.writestr("reference/index.html", "<h1>Référence</h1>")
        site.writestr("_static/aide.css", "main {}")
    monkeypatch.setattr(references, "SITE", tmp_path / "aide.zip")


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/aide", "text/html", "<h1>Aide</h1>"),
        ("/aide/", "text/html", "<h1>Aide</h1>"),
        ("/aide/reference/", "text/html", "<h1>Référence</h1>"),
        ("/aide/_static/aide.css", "text/css", "main {}"),
        ("/aide/_static/aide.css?v=c74c8d7e", "text/css", "main {}"),
    ],
)
def test_a_page_and_its_files_are_served(room: Room, path: str, kind: str, text: str) -> None:
    answer = room.ask("GET", path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.text == text


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("path", ["/aide/nulle-part.html", "/aide/../aide.py", "/aide/%2e%2e/x"])
def test_what_the_site_has_not_is_a_404(room: Room, path: str) -> None:
    assert room.ask("GET", path).status_code == 404


def test_a_clone_without_the_site_says_what_makes_it(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "SITE", tmp_path / "aide.zip")
    answer = room.ask("GET", "/aide/")
    assert answer.status_code == 404
    assert "make site" in answer.text


@pytest.mark.parametrize(
    ("path", "titre"),
    [("/nulle-part", "Introuvable"), ("/points/1", "Introuvable"), ("/?x=1", "Refusé")],
)
def test_a_page_that_is_not_there_is_called_so(room: Room, path: str, titre: str) -> None:
    answer = room.ask("GET", path, headers={"Accept": "text/html"})
    page = html.fromstring(answer.content)
    assert answer.status_code == (404 if titre == "Introuvable" else 422)
    assert page.xpath("string(//h1)") == titre
    assert page.xpath("string(//title)") == f"sge-sim : {titre.lower()}"

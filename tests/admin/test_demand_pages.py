"""A demand of M023 in the browser: its state, its report, its files in clear as JSON and as CSV."""

import csv
import io
import json
import os
from collections.abc import Iterator
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from admin_kit import UNKNOWN, Room, control_room, order_mesures

from sge_sim.clock import parse_instant
from sge_sim.commandes.demandes import Emetteur, MesuresDemandees
from sge_sim.flux.declaration import declare_canal
from sge_sim.flux.ouverture import read_documents
from sge_sim.flux.r6x.tableau import read_points, rows_of

NOW = parse_instant("2025-08-01T10:00")
C5, C5_BIS = "25150217034354", "25825036170379"
DAYS = (date(2025, 7, 1), date(2025, 7, 8))
DAYS_OF = {"C68": (None, None), "R67": (date(2025, 1, 1), DAYS[1])}
"""Some of which a quantity begins and was read since; a sheet has none."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room whose actor has an encrypted channel."""
    folder = tmp_path_factory.mktemp("demandes")
    with control_room(folder, now=NOW, environment="production", population_size=0) as opened:
        with opened.state.database.transaction() as session:
            declare_canal(
                session,
                opened.services.simulator.callers[0].contrat_id,
                type_canal="dossier",
                url=str(folder / "livre"),
                algorithme="aes256",
                cle="0f" * 32,
            )
        yield opened


def demand(room: Room, flux: Any, *prms: str) -> str:
    """Have a demand answered; return the number of its case."""
    contrat = room.services.simulator.callers[0].contrat_id
    days = DAYS_OF.get(flux, DAYS)
    asked = MesuresDemandees(flux, "JSON", prms, "SOUTIRAGE", "ACCORD_CLIENT", *days)
    with room.state.database.transaction() as session:
        emetteur = Emetteur("TIERS1", contrat, "a@b.fr", "<b>ref</b>")
        number = order_mesures(session, emetteur, asked, room.state.clock.now())
    room.press("/clock", action="1h")
    return number


def links(room: Room, number: str, told: str) -> list[str]:
    """The addresses of the files of a demand in a format."""
    page = room.page(f"/demandes/{number}")
    return [
        one.get("href") for one in page.xpath("//main//table//a[@download]") if one.text == told
    ]


@pytest.mark.documented("GUI 0502: followed on the portal, its files in clear")
def test_a_demand_tells_its_state_its_files_and_its_report(room: Room) -> None:
    number = demand(room, "R65", C5, UNKNOWN)
    words = room.text(f"/demandes/{number}")
    for told in (
        "close, prestation réalisée",
        "du 01/07/2025 au 08/07/2025 exclu",
        "2 points demandés, 1 non recevable, 1 publié, 1 non publié, 1 fichier de données",
        "PRM inexistant",
        "référence <b>ref</b>",
    ):
        assert told in words
    assert f"/demandes/{number}" in room.page("/demandes").xpath("//main//tbody//a/@href")
    of_a_file = room.page("/fichiers").xpath("//main//tbody//td[1]/a/@href")[0]
    assert f"/demandes/{number}" in room.page(of_a_file).xpath("//main//a/@href")
    assert room.ask("GET", "/demandes/M0XXXXXX").status_code == 404
    assert room.ask("GET", "/api/flux/99999/csv").status_code == 404


@pytest.mark.documented("GUI 0503, GUI 0504: JSON and CSV of the same data, in clear on the portal")
@pytest.mark.parametrize("flux", ["R63", "R64", "R65", "R66", "R67", "C68"])
def test_a_csv_has_the_rows_of_the_json(room: Room, flux: str) -> None:
    number = demand(room, flux, C5, C5_BIS)
    pairs = list(zip(links(room, number, "JSON"), links(room, number, "CSV"), strict=True))
    assert len(pairs) == 2
    for in_json, in_csv in pairs:
        ours, theirs = (room.ask("GET", link) for link in (in_json, in_csv))
        assert theirs.headers["Content-Disposition"] == ours.headers["Content-Disposition"]
        documents = list(read_documents("x.zip", ours.content))
        texts = dict(_csv_texts(theirs.content))
        assert list(texts) == [f"{nom[:-5]}.csv" for nom, _ in documents]
        for (_, tree), text in zip(documents, texts.values(), strict=True):
            rows = [["null" if one is None else one for one in row] for row in rows_of(tree)]
            assert len(rows) > 1
            read = list(csv.reader(io.StringIO(text), delimiter=";"))
            assert read == [[_spelt(one) for one in row] for row in rows]


def _spelt(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _csv_texts(content: bytes) -> Iterator[tuple[str, str]]:
    with ZipFile(io.BytesIO(content)) as archive:
        for nom in archive.namelist():
            if nom.endswith(".zip"):
                yield from _csv_texts(archive.read(nom))
            else:
                yield nom, archive.read(nom).decode()


@pytest.mark.documented("CSV of the portal: 100 points of R63 and R64, 1 000 of the rest")
def test_many_points_have_no_csv(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})  # no other process is needed
    prms = tuple(f"{99_000_000_000_000 + n}" for n in range(100))
    number = demand(room, "R64", C5, *prms)
    assert links(room, number, "CSV") == []
    nom = links(room, number, "JSON")[0].split("/")[3]
    refused = room.ask("GET", f"/api/flux/{nom}/csv")
    assert refused.status_code == 400
    assert "au-delà de 100 points" in refused.text
    assert links(room, demand(room, "R65", C5, *prms), "CSV")


def test_a_point_longer_than_what_is_read_at_once_is_read_whole() -> None:
    points = [{"idPrm": str(n), "v": "é" * 1_600_000} for n in range(3)]
    tree = {"header": {"codeFlux": "R63"}, "mesures": points}
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    read = list(read_points(io.StringIO(text)))
    assert [one["mesures"] for one in read] == [[point] for point in points]
    assert {one["header"]["codeFlux"] for one in read} == {"R63"}
    assert list(read_points(io.StringIO(text[text.index("[") : -1]))) == [[one] for one in points]

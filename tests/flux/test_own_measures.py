"""Measures that were given of a point are told as given, to the unit, whoever tells them."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flux_kit import AUTOMNE, JOUR, PRINTEMPS
from points_kit import day_lines, examples, recorded
from publication_kit import COURBE_C5, INDEX_C5, Platform, at, new_platform, of
from r6x_kit import data_and_report, demand, v3_texts

from sge_sim.clock import PARIS
from sge_sim.dataconnect.readings import MeasureReader
from sge_sim.mesures import PointMesure
from sge_sim.referentiel.apports.export import export_mesures, template
from sge_sim.referentiel.apports.lecture import Source
from sge_sim.referentiel.apports.versement import import_points
from sge_sim.tables.acteurs import Acteur

PRM = examples()[0]["prm"]
DEBUT, FIN = date(2024, 2, 26), date(2024, 11, 2)
GIVEN = recorded(DEBUT, FIN, total=4_000_000)
BISSEXTE = date(2024, 2, 29)
WEEKS = [(day - 3 * JOUR, day + 3 * JOUR) for day in (BISSEXTE, PRINTEMPS, AUTOMNE)]
"""Days around the leap day and both clock days."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform with a point of one's own, whose curve and indexes were recorded."""
    platform = new_platform(tmp_path_factory.mktemp("mesures") / "etat")
    with platform.database.transaction() as session:
        session.add(Acteur(code="FOURN1", nom="FOURN1", kind="fournisseur"))
    sources = [
        Source("points.csv", [template("csv").encode()]),
        Source("jours.jsonl", day_lines(PRM, GIVEN)),
    ]
    bilan = import_points(platform.database, sources, report=pytest.fail)
    assert (bilan.nouveaux, bilan.jours) == (2, len(GIVEN))
    yield platform
    platform.close()


def steps(debut: date, fin: date) -> list[tuple[datetime, int]]:
    """The end of each half-hour that was given, in legal time, and its W."""
    found = []
    for jour, (watts, _) in GIVEN.items():
        if debut <= jour < fin:
            midnight = datetime.combine(jour, time(), PARIS).astimezone(UTC)
            for rank, value in enumerate(watts, 1):
                found.append(((midnight + rank * timedelta(minutes=30)).astimezone(PARIS), value))
    return found


def v3(
    point: PointMesure, type_: Any, grandeur: str, days: tuple[date, date]
) -> list[tuple[str, str]]:
    """Stamps and values that ConsultationMesuresDetaillees v3.0 writes."""
    written = v3_texts(point, PRM, "SOUTIRAGE", type_, grandeur, days)
    return re.findall(
        r"<d>([^<]+)</d><v>(-?\d+)</v>",
        re.sub(r"<v>(-?\d+)</v><d>([^<]+)</d>", r"<d>\2</d><v>\1</v>", written),
    )


@pytest.mark.assumed
@pytest.mark.parametrize("days", WEEKS, ids=["leap day", "spring", "autumn"])
def test_web_services_and_data_connect_tell_what_was_given(
    own: Platform, days: tuple[date, date]
) -> None:
    point = own.mesure(PRM)
    curve = [(f"{end:%Y-%m-%d %H:%M:%S}", str(value)) for end, value in steps(*days)]
    energies = [
        (jour.isoformat(), str(sum(watts) // 2))
        for jour, (watts, _) in GIVEN.items()
        if days[0] <= jour < days[1]
    ]
    naive = [
        (stamp.replace("T", " ")[:19], value) for stamp, value in v3(point, "COURBE", "PA", days)
    ]
    assert naive == curve
    assert [(stamp[:10], value) for stamp, value in v3(point, "ENERGIE", "EA", days)] == energies
    # Both grids have one class, and then comes the total: each tells the index three times.
    told = v3(point, "INDEX", "EA", days)
    for jour, (_, index) in GIVEN.items():
        if days[0] <= jour < days[1]:
            found = [value for stamp, value in told if stamp.startswith(jour.isoformat())]
            assert found == [str(index["total"])] * 3, jour
    dossier = own.database.memoire.look().lire(prm=PRM).dossier
    lecteur = MeasureReader(dossier, "SOUTIRAGE", at(date(2024, 11, 20)))
    read = lecteur.read("COURBE", "PA", *days)["PA"]
    assert [(one.text, str(one.valeur)) for one in read] == curve
    read = lecteur.read("ENERGIE", "EA", *days)["EA"]
    assert [(one.text, str(one.valeur)) for one in read] == energies
    (contexte,) = lecteur.read_index(*days)
    (relevee,) = contexte.grandeurs
    assert relevee.total.valeurs.tolist() == [
        index["total"] for jour, (_, index) in GIVEN.items() if days[0] <= jour < days[1]
    ]


@pytest.mark.assumed
@pytest.mark.parametrize("days", WEEKS, ids=["leap day", "spring", "autumn"])
def test_demanded_and_recurrent_files_tell_what_was_given(
    own: Platform, days: tuple[date, date]
) -> None:
    (tree,), _ = data_and_report(own, demand(own, "R63", [PRM], *days, at(date(2024, 11, 20))))
    (mesure,) = tree["mesures"]
    (grandeur,) = mesure["grandeur"]
    assert [(one["d"].replace("T", " ")[:19], one["v"]) for one in grandeur["points"]] == [
        (f"{end:%Y-%m-%d %H:%M:%S}", str(value)) for end, value in steps(*days)
    ]
    services = [
        own.subscribe(PRM, replace(order, date_debut=days[0]), at(days[0]))
        for order in (COURBE_C5, INDEX_C5)
    ]
    own.catch_up(at(days[1] + 2 * JOUR))
    for service in services:
        own.stop(service, at(days[1] + 2 * JOUR))
    curve, registers = {}, {}
    for content in of(own, "R50"):
        for pdc in ElementTree.fromstring(content).iter("PDC"):
            curve[pdc.findtext("H")] = pdc.findtext("V")
    for end, value in steps(*days):
        assert curve[end.isoformat()] == str(value), end
    for content in of(own, "R151"):
        for releve in ElementTree.fromstring(content).iter("Donnees_Releve"):
            jour = date.fromisoformat(releve.findtext("Date_Releve") or "")
            values = [valeur.text for valeur in releve.findall(".//Valeur") if valeur is not None]
            registers[jour] = values
    for jour in (days[0] + rank * JOUR for rank in range((days[1] - days[0]).days)):
        index = GIVEN[jour + JOUR][1]["total"]
        assert registers[jour].count(str(index)) == 2, jour


def test_what_was_given_goes_out_as_it_came(own: Platform, tmp_path: Path) -> None:
    written = "".join(export_mesures(own.database, "jsonl")).splitlines()
    assert len(written) == len(GIVEN)
    for line, (jour, (watts, index)) in zip(written, GIVEN.items(), strict=True):
        cells = json.loads(line)
        assert (cells["jour"], cells["courbe"]) == (str(jour), " ".join(map(str, watts)))
        assert json.loads(cells["index"]) == index
    again = Source("jours.jsonl", ["\n".join(written).encode()])
    bilan = import_points(own.database, [again], report=pytest.fail)
    assert (bilan.jours, bilan.inchanges) == (0, len(GIVEN))

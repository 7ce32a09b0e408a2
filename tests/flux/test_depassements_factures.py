"""The hours beyond its subscribed power that a C4 is billed, in R67."""

from datetime import date
from pathlib import Path

import pytest
from publication_kit import C4, C5, Platform, at, new_platform
from r6x_kit import add_kinds, data_and_report, demand

from sge_sim.mesures import consommations
from sge_sim.mesures.depassements import heures_depassees
from sge_sim.tables.anciens_etats import change_columns
from sge_sim.tables.points import find_point

DEBUT, FIN = date(2024, 7, 1), date(2024, 10, 20)
NOW = at(date(2024, 10, 24))


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """A C4 that was given half of the power that it has needed."""
    platform = new_platform(tmp_path)
    add_kinds(platform)
    with platform.database.transaction() as session:
        change_columns(session, find_point(session, C4), date(2024, 6, 1), puissance_souscrite=60)
    return platform


@pytest.mark.documented("GUI 0503 §2.7: DD, in h; FAQ: a C4 is billed by the hour")
@pytest.mark.assumed("beside the energies, by the distributor's grid, for the same periods")
def test_r67_tells_whole_hours_of_overrun(platform: Platform) -> None:
    affaire = demand(platform, "R67", [C4, C5], DEBUT, FIN, NOW)
    ((tree,), _) = data_and_report(platform, affaire)
    told = {
        mesure["idPrm"]: {
            (grandeur["grandeurPhysique"], grandeur["unite"]): grandeur["calendrier"]
            for contexte in mesure["contexte"]
            if contexte["idMotifReleve"] == "CYCL"
            for grandeur in contexte["grandeur"]
        }
        for mesure in tree["mesures"]
    }
    assert set(told[C5]) == {("EA", "Wh")}
    assert set(told[C4]) == {("EA", "Wh"), ("DD", "h")}
    (calendrier,) = told[C4]["DD", "h"]
    mesure = platform.mesure(C4)
    expected = {
        serie.classe: [row.valeur for row in reversed(serie.consommations) if row.debut >= DEBUT]
        for serie in heures_depassees(mesure, consommations(mesure, DEBUT, NOW.date()))
    }
    assert {
        classe["idClasseTemporelle"]: [row["quantite"] for row in classe["quantite"]]
        for classe in calendrier["classeTemporelle"]
    } == expected
    assert any(any(hours) for hours in expected.values())
    assert [
        [(row["dbtMesure"], row["finMesure"]) for row in classe["quantite"]]
        for classe in calendrier["classeTemporelle"]
    ] == [
        [(row["dbtMesure"], row["finMesure"]) for row in classe["quantite"]]
        for classe in told[C4]["EA", "Wh"][0]["classeTemporelle"]
    ]

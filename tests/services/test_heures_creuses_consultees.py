"""A change of off-peak hours over SOAP, on the production platform: before, on, after the day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from acces_kit import Tiers, tiers_in_process
from demandes import mesures_detaillees

from sge_sim.domaine.plages import minutes_de, officielles, parse_plages
from sge_sim.facts.lecture import read_dossier
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.journees import journees
from sge_sim.referentiel.mesures import mesure_of
from sge_sim.tables.mesures import replace_collectes
from sge_sim.tables.prepared import Driver

CDTC = "/ConsultationDonneesTechniquesContractuelles/v1.0"
CMD = "/ConsultationMesuresDetaillees/v3.0"
MESURES = "/ConsultationMesures/v1.1"
PRM = "24210000002382"
"""A C5 of the data set in four classes, whose offer follows the network."""
AVANT = "HC (1H00-7H00;12H30-14H30)"
HAUTE, BASSE = officielles()["947"], officielles()["1173"]
"""Targets of one commune under the shift -2."""
J = date(2026, 12, 3)
_JOUR = timedelta(days=1)


@pytest.fixture(scope="module")
def tiers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    """The change is planned on 30 November; each answer is taken on its own day."""
    folder = tmp_path_factory.mktemp("hc")
    with tiers_in_process(folder, now="2026-11-30T10:00", environment="production") as tiers:
        with tiers.running.simulator.database.transaction() as session:
            replace_collectes(session, PRM, (date(2018, 1, 1), None))
        yield tiers


@pytest.fixture(scope="module")
def sheets(tiers: Tiers) -> list[tuple[Any, Any]]:
    """What the data sheet says of ranges before the plan, once planned, on the day, long after."""
    seen = [sheet(tiers)]
    tiers.change(PRM, plages=HAUTE.id, plages_saison_basse=BASSE.libelle, le=J)
    seen.append(sheet(tiers))
    tiers.advance("3d")
    assert tiers.today == J
    seen.append(sheet(tiers))
    tiers.advance("7d")
    seen.append(sheet(tiers))
    return seen


def sheet(tiers: Tiers) -> tuple[Any, Any]:
    """The ranges of the relay, those to come; never any under the meter."""
    answer = tiers.call(CDTC, pointId=PRM, loginUtilisateur=tiers.login, autorisationClient=True)
    point = answer["body"]
    point = point.get("point", point)
    comptage = point["situationComptage"]
    device, future = comptage["dispositifComptage"], comptage["futuresPlagesHeuresCreuses"]
    assert all(each["plagesHeuresCreuses"] is None for each in device["compteurs"]["compteur"])
    return device["relais"]["plageHeuresCreuses"], future and (future["code"], future["libelle"])


@pytest.mark.observed("a CDTC answer of 2026: relais holds the current label, the code is the id")
def test_the_sheet_tells_the_current_ranges_and_those_to_come(sheets: list[Any]) -> None:
    """Those of the high season, which both elements tell (assumed)."""
    planned = (HAUTE.id, HAUTE.libelle)
    assert sheets == [
        (AVANT, None),
        (AVANT, planned),
        (HAUTE.libelle, planned),
        (HAUTE.libelle, planned),
    ]


def counted(tiers: Tiers, debut: date, fin: date) -> list[list[int]]:
    """What HCH and HPH count each day, from the minutes of the day alone."""
    with tiers.running.simulator.database.sessions() as session:
        dossier = read_dossier(Driver.under(session), PRM)
    point = mesure_of(dossier, "SOUTIRAGE")
    rows = []
    for rank in range((fin - debut).days):
        day = debut + rank * _JOUR
        (lived,) = journees(point, numero(day), numero(day) + 1)
        spent = np.diff(lived.registres(np.arange(1441)[:, None])[:, 0])
        label = AVANT if day < J else HAUTE.libelle
        creuses = np.isin(np.arange(1440), [*minutes_de(parse_plages(label))])
        rows.append([int(spent[creuses].sum()), int(spent[~creuses].sum())])
    return rows


def test_registers_over_soap_are_the_minutes_under_the_ranges_of_each_day(
    tiers: Tiers, sheets: list[Any]
) -> None:
    debut, fin = J - 4 * _JOUR, J + 5 * _JOUR
    asked = mesures_detaillees(tiers.login, PRM, "INDEX", "EA", debut, fin)
    answer = tiers.call(CMD, **asked)["body"]
    read_as = {(each["contexteReleve"], each["typeReleve"]): each for each in answer["contexte"]}
    assert {*read_as} == {("COL", "AQ"), ("TOP", "AV"), ("TOP", "AS"), ("TOP", "AP")}
    contexte = read_as["COL", "AQ"]
    (grandeur,) = contexte["grandeur"]
    (grid,) = [each for each in grandeur["calendrier"] if each["idCalendrier"] == "DI000003"]
    read = {
        classe["idClasseTemporelle"]: [int(each["v"]) for each in classe["valeur"]]
        for classe in grid["classeTemporelle"]
    }
    assert {*read} == {"HCB", "HPB", "HCH", "HPH"}
    daily = np.diff(np.array([read["HCH"], read["HPH"]]))
    assert daily.T.tolist() == counted(tiers, debut, fin)[: daily.shape[1]]
    assert not np.diff(np.array([read["HCB"], read["HPB"]])).any()
    total = [int(each["v"]) for each in grandeur["cadranTotalisateur"]["valeur"]]
    assert np.diff(total).tolist() == daily.sum(axis=0).tolist()


@pytest.mark.assumed("the change inside a reading period cuts nothing")
def test_billed_consumptions_are_not_cut_by_the_change(tiers: Tiers, sheets: list[Any]) -> None:
    tiers.advance("40d")
    answer = tiers.call(
        MESURES,
        pointId=PRM,
        loginDemandeur=tiers.login,
        contratId=tiers.contrat_id,
        autorisationClient=True,
    )["body"]
    assert J.isoformat() not in str(answer)
    assert str(J) not in str(answer)

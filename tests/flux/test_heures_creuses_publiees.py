"""A change of off-peak hours in files: R151, R64, R65 and R67 before, on and after the day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from lxml import etree
from publication_kit import C5, INDEX_C5, Platform, at, new_platform, of
from r6x_kit import add_kinds, data_and_report, demand

from sge_sim.commandes.changements import Changements, change_life
from sge_sim.domaine.plages import is_saison_haute, minutes_de, officielles, parse_plages
from sge_sim.mesures import index_quotidiens
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.journees import journees
from sge_sim.tables.points import find_point

J = date(2027, 3, 30)
"""Two days before the low season: both changes are in the same week."""
AVANT, HAUTE, BASSE = "HC (22H30-6H30)", officielles()["1411"], officielles()["1037"]
DEBUT, FIN = J - timedelta(days=3), J + timedelta(days=5)
NOW = at(FIN + timedelta(days=1))
CLASSES = ("HCB", "HPB", "HCH", "HPH")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The point is reprogrammed on J, while its indexes are published each day."""
    platform = new_platform(tmp_path_factory.mktemp("hc"))
    add_kinds(platform)
    with platform.database.transaction() as session:
        point = find_point(session, C5)
        point.type_comptage = "LINKY"
        point.heures_creuses_libelle, point.calendrier_fournisseur = AVANT, "FC000014"
    days = {"date_debut": DEBUT, "date_fin": date(2027, 12, 1)}
    platform.subscribe(C5, replace(INDEX_C5, **days), at(DEBUT))
    with platform.database.transaction() as session:
        point = find_point(session, C5)
        asked = Changements(plages=HAUTE.id, plages_saison_basse=BASSE.id, le=J)
        change_life(session, point, asked, at(DEBUT))
    day = DEBUT
    while day <= NOW.date():
        platform.catch_up(at(day))
        day += timedelta(days=1)
    yield platform
    platform.close()


def counted(platform: Platform) -> list[list[int]]:
    """What each class of the distributor counts on each day, from the minutes of the day alone."""
    point = platform.mesure(C5)
    rows = []
    for rank in range((FIN - DEBUT).days):
        day = DEBUT + timedelta(days=rank)
        (lived,) = journees(point, numero(day), numero(day) + 1)
        spent = np.diff(lived.registres(np.arange(1441)[:, None])[:, 0])
        label = AVANT if day < J else (HAUTE if is_saison_haute(day) else BASSE).libelle
        creuses = np.isin(np.arange(1440), [*minutes_de(parse_plages(label))])
        pair = [int(spent[creuses].sum()), int(spent[~creuses].sum())]
        rows.append([0, 0, *pair] if is_saison_haute(day) else [*pair, 0, 0])
    return rows


def daily(values: list[list[int]]) -> list[list[int]]:
    return np.diff(np.array(values), axis=0).tolist()  # type: ignore[no-any-return]


@pytest.mark.documented("XSD R151 v1.2.0: a line a day, the calendar stays DI000003")
def test_r151_splits_each_day_by_its_ranges(platform: Platform) -> None:
    read: dict[str, list[int]] = {}
    for content in of(platform, "R151"):
        for releve in etree.fromstring(content).iter("Donnees_Releve"):
            assert releve.findtext("Id_Calendrier_Distributeur") == "DI000003"
            values = {
                one.findtext("Id_Classe_Temporelle"): int(one.findtext("Valeur") or "")
                for one in releve.iter("Classe_Temporelle_Distributeur")
            }
            read[releve.findtext("Date_Releve") or ""] = [values[name] for name in CLASSES]
    days = sorted(read)
    assert {(DEBUT + timedelta(days=rank)).isoformat() for rank in range(7)} <= {*days}
    found = daily([read[day] for day in days])
    begun = (date.fromisoformat(days[0]) - DEBUT).days + 1
    assert found == counted(platform)[begun : begun + len(found)]


@pytest.mark.documented("GUI 0503: registers of R64; nothing is cut by the change (inferred)")
def test_r64_reads_registers_that_go_on(platform: Platform) -> None:
    affaire = demand(platform, "R64", [C5], DEBUT, FIN, NOW)
    (tree,), _ = data_and_report(platform, affaire)
    values = registers_of(tree)
    assert len(values["HCH"]) >= 8
    rows = [list(row) for row in zip(*(values[name] for name in CLASSES), strict=True)]
    assert daily(rows) == counted(platform)[: len(rows) - 1]
    assert (np.array(daily(rows)) >= 0).all()


def registers_of(tree: Any) -> dict[str, list[int]]:
    """The daily readings of the distributor's classes in an R64; those of the operation beside."""
    found: dict[str, list[int]] = {}
    for mesure in tree["mesures"]:
        kinds = [(one["contexteReleve"], one["typeReleve"]) for one in mesure["contexte"]]
        assert kinds == [("COL", "AQ"), ("TOP", "AV"), ("TOP", "AS"), ("TOP", "AP")]
        for contexte in mesure["contexte"][:1]:
            for grandeur in contexte["grandeur"]:
                for calendrier in grandeur["calendrier"]:
                    if calendrier["idCalendrier"] != "DI000003":
                        continue
                    for classe in calendrier["classeTemporelle"]:
                        points = [int(one["v"]) for one in classe["valeur"]]
                        found.setdefault(classe["idClasseTemporelle"], []).extend(points)
    return found


def test_r65_and_the_totals_ignore_the_ranges(platform: Platform) -> None:
    total = index_quotidiens(platform.mesure(C5), DEBUT, FIN).total
    assert [sum(row) for row in counted(platform)][:7] == np.diff(total).tolist()


@pytest.mark.assumed("the change inside a billing period cuts nothing: its classes mix both ranges")
def test_r67_is_not_cut_by_the_change(platform: Platform) -> None:
    platform.catch_up(at(date(2027, 5, 20)))
    with platform.database.transaction() as session:
        find_point(session, C5).fournisseur_titulaire = None
    affaire = demand(
        platform, "R67", [C5], date(2027, 2, 1), date(2027, 5, 15), at(date(2027, 5, 20))
    )
    data, _ = data_and_report(platform, affaire)
    text = str(data)
    assert J.isoformat() not in text

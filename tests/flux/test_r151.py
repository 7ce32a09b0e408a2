"""R151: daily indexes and maximum powers of C5 points."""

from datetime import date, datetime

import flux_schemas
import pytest
from flux_kit import (
    AUTOMNE,
    JOUR,
    ORDINAIRE,
    PRINTEMPS,
    envoi,
    linky,
    perdu,
    publie,
    releves,
    texts,
    tree,
)

from sge_sim.clock import PARIS
from sge_sim.flux.periodes import Frequence
from sge_sim.flux.r151 import ecriture as r151
from sge_sim.flux.r151.flux import R151
from sge_sim.mesures import index_quotidiens, puissances_maximales


@pytest.mark.documented("XSD R151 v1.2.0")
@pytest.mark.parametrize("jour", [ORDINAIRE, PRINTEMPS, AUTOMNE])
def test_a_file_has_the_tree_of_its_schema(jour: date) -> None:
    points = [
        publie(linky(), jour),
        publie(linky(distributeur=(), fournisseur=()), jour, prm="1" * 14),
        publie(linky(trous=(perdu(jour),)), jour, prm="2" * 14),
    ]
    flux_schemas.check(flux_schemas.R151, r151.write(envoi(), points))


@pytest.mark.observed("R151 of 02-02 holds the index of 02-03 00:00, 2022")
def test_the_index_is_that_of_the_end_of_the_day() -> None:
    point = linky()
    (releve,) = releves(tree(r151.write(envoi(), [publie(point)])))
    lendemain = index_quotidiens(point, ORDINAIRE + JOUR, ORDINAIRE + 2 * JOUR)
    assert releve.findtext("Date_Releve") == "2024-07-01"
    assert [
        (one.findtext("Id_Classe_Temporelle"), int(one.findtext("Valeur")))
        for one in releve.iter("Classe_Temporelle_Distributeur")
    ] == list(
        zip(("HCB", "HPB", "HCH", "HPH"), lendemain.distributeur[:4, 0].tolist(), strict=True)
    )


@pytest.mark.observed("R151, 2022")
def test_the_maximum_is_that_of_the_day_without_its_instant() -> None:
    point = linky()
    xml = tree(r151.write(envoi(), [publie(point)]))
    assert xml.findtext("En_Tete_Flux/Unite_Mesure_Puissance") == "VA"
    assert texts(xml.iterfind(".//Puissance_Maximale/Valeur")) == [
        str(puissances_maximales(point, ORDINAIRE, ORDINAIRE + JOUR).valeurs[0])
    ]


@pytest.mark.documented("guide R151 v2.3.1")
@pytest.mark.parametrize(
    ("creation", "unite"),
    [
        (datetime(2020, 10, 14, 23, 59, 59, tzinfo=PARIS), "W"),
        (datetime(2020, 10, 15, tzinfo=PARIS), "VA"),
        (datetime(2020, 10, 15, 3, tzinfo=PARIS), "VA"),
    ],
)
def test_the_maximum_was_said_in_w_before_15_october_2020(creation: datetime, unite: str) -> None:
    old = envoi(creation=creation)
    xml = tree(r151.write(old, [publie(linky(), date(2020, 10, 12))]))
    assert xml.findtext("En_Tete_Flux/Unite_Mesure_Puissance") == unite


@pytest.mark.observed("real R151: calendars INCONNU")
def test_a_point_without_calendar_is_told_inconnu() -> None:
    (releve,) = releves(tree(r151.write(envoi(), [publie(linky(distributeur=(), fournisseur=()))])))
    assert releve.findtext("Id_Calendrier_Fournisseur") == "INCONNU"
    assert releve.findtext("Libelle_Calendrier_Distributeur") == "INCONNU"
    assert releve.find("Classe_Temporelle") is None


@pytest.mark.documented("guide R151 v2.3.1")
def test_a_day_without_data_has_its_calendars_alone() -> None:
    (perdue,) = releves(tree(r151.write(envoi(), [publie(linky(trous=(perdu(ORDINAIRE),)))])))
    (absente,) = releves(
        tree(r151.write(envoi(), [publie(linky(), absents=frozenset({ORDINAIRE}))]))
    )
    for releve in (perdue, absente):
        assert releve.findtext("Id_Calendrier_Distributeur") == "DI000003"
        assert releve.find("Classe_Temporelle_Distributeur") is None
        assert releve.find("Puissance_Maximale") is None


@pytest.mark.documented("guide R151 v2.3.1")
def test_a_monthly_file_holds_50_points() -> None:
    assert R151.cause.points_par_fichier == {Frequence.QUOTIDIENNE: 3000, Frequence.MENSUELLE: 50}
    archive = r151.archive(envoi(frequence=Frequence.MENSUELLE), [publie(linky())], 2, 2)
    assert archive.nom == (
        "ERDF_R151_1100256_1100256_3182901_00012_M_00002_00002_20240703030000.zip"
    )

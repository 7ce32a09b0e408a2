"""R50: load curves of C5 points."""

from datetime import date, timedelta
from typing import Any

import flux_schemas
import pytest
from flux_kit import (
    AUTOMNE,
    JOUR,
    ORDINAIRE,
    PRINTEMPS,
    envoi,
    examples,
    graines,
    jours,
    linky,
    perdu,
    publie,
    releves,
    texts,
    tree,
)
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sge_sim.flux.periodes import Frequence
from sge_sim.flux.r50 import ecriture as r50
from sge_sim.flux.r50.flux import R50
from sge_sim.flux.r151 import ecriture as r151
from sge_sim.flux.serie import serial_name
from sge_sim.mesures import energies_quotidiennes


def stamps(releve: Any) -> list[str]:
    return texts(releve.iter("H"))


@pytest.mark.documented("XSD R50 v1.1.0")
@pytest.mark.parametrize("jour", [ORDINAIRE, PRINTEMPS, AUTOMNE])
def test_a_file_has_the_tree_of_its_schema(jour: date) -> None:
    point = linky(trous=(perdu(jour, (8, 10)),))
    flux_schemas.check(flux_schemas.R50, r50.write(envoi(), [publie(point, jour)]))


def test_the_schema_of_the_tests_refuses_a_file_out_of_order() -> None:
    content = r50.write(envoi(), [publie(linky())])
    wrong = content.replace(b"<IV>0</IV></PDC>", b"<V>1</V></PDC>", 1)
    with pytest.raises(etree.DocumentInvalid, match=r"Expected is \( IV \)"):
        flux_schemas.check(flux_schemas.R50, wrong)


@pytest.mark.documented("guide R50 v2.2.0")
def test_a_day_begins_at_half_past_midnight_and_ends_at_midnight_of_the_next() -> None:
    (releve,) = releves(tree(r50.write(envoi(), [publie(linky(), ORDINAIRE)])))
    assert releve.findtext("Date_Releve") == "2024-07-01"
    assert stamps(releve)[0] == "2024-07-01T00:30:00+02:00"
    assert stamps(releve)[-1] == "2024-07-02T00:00:00+02:00"


@pytest.mark.documented("guide R50 v2.2.0")
@pytest.mark.parametrize(
    ("jour", "nombre", "repetee"), [(ORDINAIRE, 48, 0), (PRINTEMPS, 46, 0), (AUTOMNE, 50, 2)]
)
def test_the_days_of_clock_change_have_46_and_50_points_told_apart_by_their_offset(
    jour: date, nombre: int, repetee: int
) -> None:
    (releve,) = releves(tree(r50.write(envoi(), [publie(linky(), jour)])))
    found = stamps(releve)
    assert len(found) == len(set(found)) == nombre
    assert len(found) - len({one[:19] for one in found}) == repetee


@pytest.mark.documented("guide R50 v2.2.0")
def test_a_lost_point_has_its_stamp_alone_and_a_lost_day_no_point() -> None:
    point = linky(trous=(perdu(ORDINAIRE, (8, 10)), perdu(ORDINAIRE + JOUR)))
    entier, vide = releves(
        tree(r50.write(envoi(), [publie(point, ORDINAIRE, ORDINAIRE + 2 * JOUR)]))
    )
    assert [pdc.findtext("H") for pdc in entier.iter("PDC") if pdc.find("V") is None] == [
        "2024-07-01T08:30:00+02:00",
        "2024-07-01T09:00:00+02:00",
        "2024-07-01T09:30:00+02:00",
        "2024-07-01T10:00:00+02:00",
    ]
    assert vide.findtext("Date_Releve") == "2024-07-02"
    assert vide.find("PDC") is None


@pytest.mark.documented("guide R50 v2.2.0")
def test_a_day_that_comes_late_is_empty_first_and_sent_again_before_the_day_of_a_later_file() -> (
    None
):
    point, plus_tard = linky(), ORDINAIRE + 3 * JOUR
    (vide,) = releves(tree(r50.write(envoi(), [publie(point, absents=frozenset({ORDINAIRE}))])))
    assert vide.find("PDC") is None
    retrouve, du_jour = releves(
        tree(r50.write(envoi(), [publie(point, plus_tard, rattrapes=(ORDINAIRE,))]))
    )
    assert retrouve.findtext("Date_Releve") == "2024-07-01"
    assert du_jour.findtext("Date_Releve") == "2024-07-04"
    a_l_heure = releves(tree(r50.write(envoi(), [publie(point)])))[0]
    assert texts(retrouve.iter("V")) == texts(a_l_heure.iter("V"))


@pytest.mark.observed("HDM sample, 2022: the hourly curve is the meter's, from before collection")
def test_the_hourly_curve_of_the_meter_is_not_published() -> None:
    point = linky(collecte=ORDINAIRE + JOUR)
    avant, apres = releves(
        tree(r50.write(envoi(), [publie(point, ORDINAIRE, ORDINAIRE + 2 * JOUR)]))
    )
    assert (len(list(avant.iter("V"))), len(list(apres.iter("V")))) == (0, 48)


def test_a_file_is_alone_in_its_archive_and_numbered_within_its_publication() -> None:
    points = [publie(linky(rang), prm=f"{rang:014d}") for rang in range(3)]
    archive = r50.archive(envoi(frequence=Frequence.MENSUELLE), points, 2, 3)
    assert archive.nom == (
        "ERDF_R50_1100256_1100256_3182901_00012_M_00002_00003_20240703030000.zip"
    )
    ((member, content),) = archive.membres
    assert member == archive.nom.replace(".zip", ".xml")
    assert archive.prms == tuple(texts(tree(content).iter("Id_PRM")))
    assert archive.prms == tuple(one.prm for one in points)


@pytest.mark.documented("guide R50 v2.2.0")
def test_a_daily_file_holds_3000_points_and_a_monthly_one_100() -> None:
    assert R50.cause.points_par_fichier == {Frequence.QUOTIDIENNE: 3000, Frequence.MENSUELLE: 100}


@pytest.mark.assumed("what follows 99 999 isn't documented")
def test_the_sequence_starts_again_after_99_999() -> None:
    assert "_99999_Q_" in serial_name("R50", envoi(sequence=99_999), 1, 1)
    assert "_00001_Q_" in serial_name("R50", envoi(sequence=100_000), 1, 1)


@pytest.mark.observed("R50 and R151 of the same point, 2022: half the sum is the difference")
@given(graine=graines, debut=jours, duree=st.integers(1, 9))
@examples(25)
def test_half_the_sum_of_r50_is_the_difference_of_the_indexes_of_r151_and_the_daily_energies(
    graine: int, debut: date, duree: int
) -> None:
    point, fin = linky(graine), debut + timedelta(duree)
    courbe = tree(r50.write(envoi(), [publie(point, debut, fin)]))
    # R151 dates the index by the day that it closes.
    index = tree(r151.write(envoi(), [publie(point, debut - JOUR, fin)]))
    premier, *_, dernier = releves(index)
    energie = int(energies_quotidiennes(point, debut, fin).valeurs.sum())
    assert sum(map(int, texts(courbe.iter("V")))) == 2 * energie
    for balise in ("Classe_Temporelle", "Classe_Temporelle_Distributeur"):
        sommes = [
            sum(int(one.findtext("Valeur")) for one in releve.iter(balise))
            for releve in (premier, dernier)
        ]
        assert sommes[1] - sommes[0] == energie


@pytest.mark.observed("R50 and R151 samples, 2022")
@pytest.mark.parametrize("module", [r50, r151])
def test_the_root_declares_the_namespace_of_instances(module: Any) -> None:
    root = tree(module.write(envoi(), [publie(linky())]))
    assert root.nsmap == {"xsi": "http://www.w3.org/2001/XMLSchema-instance"}

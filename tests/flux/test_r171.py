"""R171: daily indexes of large points."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import flux_schemas
import pytest
from flux_kit import AUTOMNE, JOUR, ORDINAIRE, PRINTEMPS, envoi, grand, perdu, publie, texts, tree

from sge_sim.clock import PARIS
from sge_sim.flux.envoi import Archive, Envoi, PointPublie
from sge_sim.flux.r171 import ecriture as r171
from sge_sim.mesures import index_courants
from sge_sim.mesures.horodates import Stamp, write_stamps
from sge_sim.mesures.lecture import TOUT, Lecture
from sge_sim.mesures.releves import read_contextes

NAMESPACE = "http://www.enedis.fr/stm/R171"
LENDEMAIN = ORDINAIRE + JOUR
MATIN = datetime(2024, 7, 2, 9, 30, tzinfo=PARIS)


def write(envoi: Envoi, points: list[PointPublie]) -> bytes:
    """The XML of one file of these points."""
    return r171.write(envoi, r171.membres(envoi, points))


def files(envoi: Envoi, points: list[PointPublie]) -> list[Archive]:
    """The archives of a publication of these points."""
    return list(r171.archives(envoi, r171.membres(envoi, points)))


def series(xml: Any) -> list[tuple[str, ...]]:
    names = ("grandeurPhysique", "typeCalendrier", "codeClasseTemporelle", "unite")
    return [tuple(one.findtext(name) for name in names) for one in xml.iter("serieMesuresDatees")]


@pytest.mark.documented("XSD R171 v1.2.0")
@pytest.mark.parametrize("jour", [ORDINAIRE, PRINTEMPS, AUTOMNE])
def test_a_file_has_the_tree_of_its_schema_and_its_root_alone_in_the_namespace(jour: date) -> None:
    content = write(envoi(), [publie(grand(), jour)])
    flux_schemas.check(flux_schemas.R171, content, NAMESPACE)


UNITES = {"DD": "s", "TF": "s", "PMA": "VA", "DQ": "VA", "EA": "Wh", "ERC": "VARh", "ERI": "VARh"}


@pytest.mark.observed("R171 samples: DD, TF, PMA in this order, no DE; the rest assumed")
def test_series_are_those_of_the_meter_by_class_without_de() -> None:
    xml = tree(write(envoi(), [publie(grand())]))
    assert series(xml) == [
        (physique, "D", classe, unite)
        for physique, unite in UNITES.items()
        for classe in ("HCE", "HPE", "HCH", "HPH")
    ]
    assert set(texts(xml.iter("type"))) == {"INDEX"}
    assert texts(xml.iter("libelleClasseTemporelle"))[:2] == [
        "Heures Creuses Eté",
        "Heures Pleines Eté",
    ]
    plant = tree(write(envoi(), [publie(grand(segment="P3"))]))
    assert [one[0] for one in series(plant)[::4]] == ["TF", "PMA", "EA", "ERC", "ERI"]


@pytest.mark.observed("R171 samples: PMA in VA or in W")
def test_the_largest_power_is_in_va_or_in_w_by_point() -> None:
    watts = publie(replace(grand(), pma_en_watts=True))
    for point, unite in ((publie(grand()), "VA"), (watts, "W")):
        xml = tree(write(envoi(), [point]))
        assert {one[3] for one in series(xml) if one[0] == "PMA"} == {unite}


@pytest.mark.observed("R171 sample, 2022: HPH 1 440 000 s, 25 days after the monthly reading")
def test_running_time_is_that_of_the_month() -> None:
    point = replace(grand(), jour_releve=9)
    xml = tree(write(envoi(), [publie(point, date(2022, 2, 2))]))
    temps = {
        one.findtext("codeClasseTemporelle"): one.findtext(".//valeur")
        for one in xml.iter("serieMesuresDatees")
        if one.findtext("grandeurPhysique") == "TF"
    }
    assert temps["HPH"] == "1440000"
    assert temps["HCE"] == temps["HPE"] == "0"


@pytest.mark.assumed("one meter, read once: CMD v3.0 and R171 tell the same")
@pytest.mark.parametrize("jour", [ORDINAIRE, PRINTEMPS, AUTOMNE])
def test_values_are_those_of_the_consultation(jour: date) -> None:
    point = grand()
    xml = tree(write(envoi(), [publie(point, jour)]))
    publies = {
        (one.findtext("grandeurPhysique"), one.findtext("codeClasseTemporelle")): [
            (lue.findtext("dateFin").replace("T", " "), int(lue.findtext("valeur")))
            for lue in one.iter("mesureDatee")
        ]
        for one in xml.iter("serieMesuresDatees")
    }
    lecture = Lecture("INDEX", TOUT, jour + JOUR, jour + 2 * JOUR)
    (courants,) = (c for c in read_contextes(point, lecture) if c.type == "RC")
    consultes = {
        (relevee.grandeur, registre.classe): list(
            zip(
                write_stamps(Stamp.NAIF, registre.horodates, registre.decalages),
                registre.valeurs.tolist(),
                strict=True,
            )
        )
        for relevee in courants.grandeurs
        for registre in relevee.calendriers[0].registres
    }
    assert {cle for cle in consultes if cle[0] not in UNITES} == {
        ("DE", classe) for classe in ("HCE", "HPE", "HCH", "HPH")
    }
    assert publies == {cle: lues for cle, lues in consultes.items() if cle[0] in UNITES}
    assert len(publies) == 7 * 4


@pytest.mark.observed("R171 sample, 2022: reading instant in legal time, creation in UTC")
def test_an_index_is_dated_by_its_reading_of_the_night_after_and_the_file_by_utc() -> None:
    point = grand()
    xml = tree(write(envoi(creation=MATIN), [publie(point)]))
    lus = index_courants(point, LENDEMAIN, LENDEMAIN + JOUR)
    local = str((lus.horodates + lus.decalages).astype("datetime64[s]")[0])
    assert set(texts(xml.iter("dateFin"))) == {local}
    assert local.startswith("2024-07-02T0")
    assert xml.findtext("entete/dateHeureCreation") == "2024-07-02T07:30:00"
    energies = [one for one in xml.iter("serieMesuresDatees") if one[3].text == "EA"]
    assert [one.findtext(".//valeur") for one in energies] == [
        str(one) for one in lus.distributeur[:4, 0].tolist()
    ]


@pytest.mark.observed("R171 sample, 2022: made at 01:38:24 UTC; several files by the guide")
def test_a_file_is_made_in_the_night_once_its_points_were_read() -> None:
    points = [publie(grand(graine), prm=f"{graine:014d}") for graine in range(60)]
    nuit, matin = files(envoi(creation=MATIN), points)
    assert len(nuit.prms) > 40
    for archive, instant in ((nuit, "2024-07-02T01:38:24"), (matin, "2024-07-02T07:30:01")):
        xml = tree(archive.membres[0][1])
        assert xml.findtext("entete/dateHeureCreation") == instant
        # Readings are in legal time, two hours later.
        derniere = datetime.fromisoformat(max(texts(xml.iter("dateFin"))))
        assert derniere <= datetime.fromisoformat(instant) + timedelta(hours=2)
    assert {*nuit.prms, *matin.prms} == {one.prm for one in points}


@pytest.mark.observed("R171 names: 14 digits with zeros in front, another one in each file")
def test_each_file_has_an_identifier_of_its_own() -> None:
    points = [publie(grand(graine), prm=f"{graine:014d}") for graine in range(60)]
    points += [publie(grand(segment="P3"), prm="9" * 14)]
    names = [
        archive.nom
        for sequence in (1, 2, 12)
        for archive in files(envoi(sequence=sequence, creation=MATIN), points)
    ]
    identifiants = [nom.split("_")[3] for nom in names]
    assert len(set(identifiants)) == len(names) >= 9
    assert all(re.fullmatch("0[0-9]{13}", one) for one in identifiants)


@pytest.mark.documented("guide R171 v1.3.0")
def test_consumption_and_production_are_in_separate_files_of_1000_points_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert r171.POINTS_PAR_FICHIER == 1000
    monkeypatch.setattr(r171, "POINTS_PAR_FICHIER", 2)
    points = [
        *(publie(grand(rang), prm=f"{rang:014d}") for rang in range(3)),
        publie(grand(segment="P3"), prm="9" * 14),
    ]
    archives = files(envoi(creation=MATIN), points)
    assert [one.nom for one in archives] == [
        "ENEDIS_R171_C_03182901001201_GRDT_1100256_20240702033824.zip",
        "ENEDIS_R171_C_03182901001202_GRDT_1100256_20240702033825.zip",
        "ENEDIS_R171_P_03182901001203_GRDT_1100256_20240702033826.zip",
    ]
    assert [len(one.prms) for one in archives] == [2, 1, 1]
    assert texts(tree(archives[2].membres[0][1]).iter("grandeurMetier"))[0] == "PROD"


@pytest.mark.documented("guide R171 v1.3.0")
def test_the_name_tells_a_supplier_from_a_tiers() -> None:
    (archive,) = files(envoi(kind="fournisseur"), [publie(grand())])
    assert "_GRDF_" in archive.nom


def test_a_point_that_was_not_read_is_left_out() -> None:
    lost = publie(grand(trous=(perdu(ORDINAIRE),)), prm="1" * 14)
    assert files(envoi(), [lost]) == []
    (archive,) = files(envoi(), [lost, publie(grand())])
    assert archive.prms == ("09111642617347",)

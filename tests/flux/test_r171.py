"""R171: daily indexes of large points."""

from datetime import date, datetime
from typing import Any

import flux_schemas
import pytest
from flux_kit import (
    AUTOMNE,
    JOUR,
    ORDINAIRE,
    PRINTEMPS,
    envoi,
    grand,
    perdu,
    publie,
    texts,
    tree,
)

from sge_sim.clock import PARIS
from sge_sim.flux import r171
from sge_sim.mesures import index_courants
from sge_sim.services.consultation_mesures_detaillees.demande import Cadre, Demande
from sge_sim.services.consultation_mesures_detaillees.releves import read_contextes
from sge_sim.soap.writer import Stamp, write_stamps

NAMESPACE = "http://www.enedis.fr/stm/R171"
LENDEMAIN = ORDINAIRE + JOUR


def series(xml: Any) -> list[tuple[str, ...]]:
    names = ("grandeurPhysique", "typeCalendrier", "codeClasseTemporelle", "unite")
    return [tuple(one.findtext(name) for name in names) for one in xml.iter("serieMesuresDatees")]


@pytest.mark.documented("XSD R171 v1.2.0")
@pytest.mark.parametrize("jour", [ORDINAIRE, PRINTEMPS, AUTOMNE])
def test_a_file_has_the_tree_of_its_schema_and_its_root_alone_in_the_namespace(jour: date) -> None:
    content = r171.write(envoi(), [publie(grand(), jour)])
    flux_schemas.check(flux_schemas.R171, content, NAMESPACE)


@pytest.mark.observed("R171 sample, 2022")
def test_series_are_indexes_by_class_in_wh_and_varh() -> None:
    xml = tree(r171.write(envoi(), [publie(grand())]))
    assert series(xml)[:12] == [
        (physique, "D", classe, unite)
        for physique, unite in (("EA", "Wh"), ("ERC", "VARh"), ("ERI", "VARh"))
        for classe in ("HCE", "HPE", "HCH", "HPH")
    ]
    assert set(texts(xml.iter("type"))) == {"INDEX"}
    assert texts(xml.iter("libelleClasseTemporelle"))[:2] == [
        "Heures Creuses Eté",
        "Heures Pleines Eté",
    ]


@pytest.mark.documented("guide R171 v1.3.0: quantities and units, but for DE (assumed)")
def test_what_is_billed_beside_energies_comes_after_them() -> None:
    point = grand()
    xml = tree(r171.write(envoi(), [publie(point)]))
    unites = {"DD": "s", "DE": "Wh", "DQ": "VA", "PMA": "VA", "TF": "s"}
    assert series(xml)[12:] == [
        (physique, "D", classe, unite)
        for physique, unite in unites.items()
        for classe in ("HCE", "HPE", "HCH", "HPH")
    ]
    plant = tree(r171.write(envoi(), [publie(grand(segment="P3"))]))
    assert [one[0] for one in series(plant)[12::4]] == ["PMA", "TF"]


@pytest.mark.assumed("one meter, read once: CMD v3.0 and R171 tell the same")
@pytest.mark.parametrize("jour", [ORDINAIRE, PRINTEMPS, AUTOMNE])
def test_values_are_those_of_the_consultation(jour: date) -> None:
    point = grand()
    xml = tree(r171.write(envoi(), [publie(point, jour)]))
    publies = {
        (one.findtext("grandeurPhysique"), one.findtext("codeClasseTemporelle")): [
            (lue.findtext("dateFin").replace("T", " "), int(lue.findtext("valeur")))
            for lue in one.iter("mesureDatee")
        ]
        for one in xml.iter("serieMesuresDatees")
    }
    demande = Demande(
        prm="09111642617347",
        type="INDEX",
        grandeur="TOUT",
        sens=("SOUTIRAGE",),
        debut=jour + JOUR,
        fin=jour + 2 * JOUR,
        pas=None,
        corrigees=False,
        cadre=Cadre.ACCORD_CLIENT,
    )
    (courants,) = (c for c in read_contextes(point, demande) if c.type == "RC")
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
    assert publies == consultes
    assert len(publies) == 8 * 4


@pytest.mark.observed("R171 sample, 2022: reading instant in legal time, creation in UTC")
def test_an_index_is_dated_by_its_reading_of_the_night_after_and_the_file_by_utc() -> None:
    point = grand()
    creation = datetime(2024, 7, 2, 9, 30, tzinfo=PARIS)
    xml = tree(r171.write(envoi(creation=creation), [publie(point)]))
    lus = index_courants(point, LENDEMAIN, LENDEMAIN + JOUR)
    local = str((lus.horodates + lus.decalages).astype("datetime64[s]")[0])
    assert set(texts(xml.iter("dateFin"))) == {local}
    assert local.startswith("2024-07-02T0")
    assert xml.findtext("entete/dateHeureCreation") == "2024-07-02T07:30:00"
    assert texts(xml.iter("valeur"))[:4] == [str(one) for one in lus.distributeur[:4, 0].tolist()]


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
    archives = list(r171.files(envoi(), points))
    assert [one.nom for one in archives] == [
        "ENEDIS_R171_C_3182901_GRDT_1100256_20240703030000.zip",
        "ENEDIS_R171_C_3182901_GRDT_1100256_20240703030001.zip",
        "ENEDIS_R171_P_3182901_GRDT_1100256_20240703030002.zip",
    ]
    assert [len(one.prms) for one in archives] == [2, 1, 1]
    assert texts(tree(archives[2].membres[0][1]).iter("grandeurMetier"))[0] == "PROD"


@pytest.mark.documented("guide R171 v1.3.0")
def test_the_name_tells_a_supplier_from_a_tiers() -> None:
    (archive,) = r171.files(envoi(kind="fournisseur"), [publie(grand())])
    assert "_GRDF_" in archive.nom


def test_a_point_that_was_not_read_is_left_out() -> None:
    lost = publie(grand(trous=(perdu(ORDINAIRE),)), prm="1" * 14)
    assert list(r171.files(envoi(), [lost])) == []
    (archive,) = r171.files(envoi(), [lost, publie(grand())])
    assert archive.prms == ("09111642617347",)

"""R4Q, R4H, R4M: load curves of large points."""

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
    grand,
    jours,
    perdu,
    publie,
    tree,
)
from hypothesis import given

from sge_sim.flux.periodes import Frequence
from sge_sim.flux.r4x import ecriture as r4x
from sge_sim.mesures import Grandeur, courbe


def series(xml: Any) -> dict[str, Any]:
    return {one.findtext("Grandeur_Physique"): one for one in xml.iter("Donnees_Courbe")}


def points(serie: Any) -> list[Any]:
    return list(serie.iter("Donnees_Point_Mesure"))


@pytest.mark.documented("XSD R4x v1.1.1")
@pytest.mark.parametrize("jour", [ORDINAIRE, PRINTEMPS, AUTOMNE])
@pytest.mark.parametrize("segment", ["C4", "P3"])
@pytest.mark.parametrize("corrigees", [False, True])
def test_a_file_has_the_tree_of_its_schema(jour: date, segment: str, corrigees: bool) -> None:
    point = grand(segment=segment, trous=(perdu(jour, (8, 10)),))
    content = r4x.write(envoi(), publie(point, jour, corrigees=corrigees))
    flux_schemas.check(flux_schemas.R4X, content)


@pytest.mark.observed("R4Q sample, 2022")
def test_values_are_whole_kw_and_kvar_stamped_at_the_start_of_ten_minutes() -> None:
    xml = tree(r4x.write(envoi(), publie(grand())))
    units = {name: one.findtext("Unite_Mesure") for name, one in series(xml).items()}
    assert units == {"EA": "kW", "ERI": "kVAr"}
    active = series(xml)["EA"]
    assert active.findtext("Horodatage_Debut") == "2024-07-01T00:00:00+02:00"
    assert active.findtext("Horodatage_Fin") == "2024-07-01T23:59:59+02:00"
    assert active.findtext("Granularite") == "10"
    assert points(active)[0].get("Horodatage") == "2024-07-01T00:00:00+02:00"
    assert points(active)[-1].get("Horodatage") == "2024-07-01T23:50:00+02:00"
    assert max(int(one.get("Valeur_Point")) for one in points(active)) < 1000
    assert xml.findtext("Entete/Reference_Demande") == "64697659"


@pytest.mark.observed("R4Q sample, 2022: EA and ERI of a point in consumption")
@pytest.mark.parametrize(("segment", "metier"), [("C4", "CONS"), ("P3", "PROD")])
def test_an_order_of_the_curve_publishes_active_and_inductive_power_in_its_direction(
    segment: str, metier: str
) -> None:
    """A quantity without direction, such as a voltage, stops a reader that expects one."""
    xml = tree(r4x.write(envoi(), publie(grand(segment=segment))))
    assert [
        (one.findtext("Grandeur_Physique"), one.findtext("Grandeur_Metier"))
        for one in xml.iter("Donnees_Courbe")
    ] == [("EA", metier), ("ERI", metier)]


@pytest.mark.observed("R4x files of some points since March 2023, never before")
def test_a_point_set_to_five_minutes_publishes_what_its_meter_recorded() -> None:
    xml = tree(r4x.write(envoi(), publie(grand(), r4x_pas=5)))
    for name, grandeur in (("EA", Grandeur.PA), ("ERI", Grandeur.PRI)):
        serie = series(xml)[name]
        assert serie.findtext("Granularite") == "5"
        natif = courbe(grand(), ORDINAIRE, ORDINAIRE + JOUR, grandeur)
        publies = [int(one.get("Valeur_Point")) for one in points(serie)]
        assert publies == (natif.valeurs // 1000).tolist()
        assert len(publies) == 288
        assert points(serie)[1].get("Horodatage") == "2024-07-01T00:05:00+02:00"


@pytest.mark.observed("no file of 5 minutes before March 2023")
@pytest.mark.assumed("a file over both steps has a Donnees_Courbe for each")
def test_nothing_is_published_every_five_minutes_before_meters_recorded_so() -> None:
    samedi = date(2023, 2, 25)
    xml = tree(r4x.write(envoi(), publie(grand(), samedi, samedi + timedelta(7), r4x_pas=5)))
    assert [
        (
            one.findtext("Grandeur_Physique"),
            one.findtext("Granularite"),
            one.findtext("Horodatage_Debut")[:10],
            one.findtext("Horodatage_Fin")[:10],
            len(points(one)),
        )
        for one in xml.iter("Donnees_Courbe")
    ] == [
        (name, *part)
        for name in ("EA", "ERI")
        for part in (
            ("10", "2023-02-25", "2023-02-28", 4 * 144),
            ("5", "2023-03-01", "2023-03-03", 3 * 288),
        )
    ]
    flux_schemas.check(flux_schemas.R4X, r4x.write(envoi(), publie(grand(), samedi, r4x_pas=5)))


@pytest.mark.observed("R4Q sample, 2022: a space before the equals sign")
def test_attributes_are_written_with_a_space_before_their_equals_sign() -> None:
    assert b'<Donnees_Point_Mesure Horodatage ="2024-' in r4x.write(envoi(), publie(grand()))


@pytest.mark.documented("guide R4x v2.0.3")
@pytest.mark.parametrize(("jour", "nombre"), [(ORDINAIRE, 144), (PRINTEMPS, 138), (AUTOMNE, 150)])
def test_the_days_of_clock_change_have_138_and_150_points(jour: date, nombre: int) -> None:
    xml = tree(r4x.write(envoi(), publie(grand(), jour)))
    for serie in series(xml).values():
        stamps = [one.get("Horodatage") for one in points(serie)]
        assert len(stamps) == len(set(stamps)) == nombre


@pytest.mark.documented("FAQ: R4x, from 5 to 10 minutes")
@given(graine=graines, jour=jours)
@examples(25)
def test_published_kilowatts_follow_the_carry_rule_over_the_five_minute_curve(
    graine: int, jour: date
) -> None:
    point = grand(graine)
    natif = courbe(point, jour, jour + JOUR)
    for grandeur, name in ((Grandeur.PA, "EA"), (Grandeur.PRI, "ERI")):
        xml = tree(r4x.write(envoi(), publie(point, jour)))
        publies = [int(one.get("Valeur_Point")) for one in points(series(xml)[name])]
        valeurs = courbe(point, jour, jour + JOUR, grandeur).valeurs.tolist()
        if natif.pas[0] == 10:
            assert publies == [valeur // 1000 for valeur in valeurs]
            continue
        # Half kilowatts, by hand: the mean of two values, plus the rest carried from before.
        attendus, reste = [], 0
        for a, b in zip(valeurs[::2], valeurs[1::2], strict=True):
            entier, reste = divmod((a + b) // 1000 + reste, 2)
            attendus.append(entier)
        assert publies == attendus


@pytest.mark.documented("guide R4x v2.0.3")
def test_a_lost_point_has_no_value() -> None:
    xml = tree(r4x.write(envoi(), publie(grand(trous=(perdu(ORDINAIRE, (8, 9)),)))))
    sans = [
        one.get("Horodatage")[11:16]
        for one in points(series(xml)["EA"])
        if one.get("Valeur_Point") is None
    ]
    assert sans == ["08:00", "08:10", "08:20", "08:30", "08:40", "08:50"]


@pytest.mark.assumed("what a corrected curve holds isn't documented beyond its statuses")
def test_a_corrected_curve_is_active_power_alone_with_estimates_where_points_were_lost() -> None:
    point = grand(trous=(perdu(ORDINAIRE, (8, 9)),))
    xml = tree(r4x.write(envoi(), publie(point, corrigees=True)))
    assert xml.findtext("Entete/Nature_De_Courbe_Demandee") == "Corrigée"
    assert list(series(xml)) == ["EA"]
    statuts = [one.get("Statut_Point") for one in points(series(xml)["EA"])]
    assert (statuts.count("E"), statuts.count("R")) == (6, 138)
    assert all(one.get("Valeur_Point") for one in points(series(xml)["EA"]))


@pytest.mark.documented("guide R4x v2.0.3")
def test_names_tell_the_frequency_the_direction_the_point_and_the_service() -> None:
    week = envoi(frequence=Frequence.HEBDOMADAIRE)
    samedi = date(2024, 6, 29)
    both = [
        publie(grand(), samedi, samedi + timedelta(7)),
        publie(grand(segment="P3"), samedi, samedi + timedelta(7), prm="1" * 14),
    ]
    (archive,) = r4x.archives(week, r4x.membres(week, both))
    assert archive.nom == "ENEDIS_1100256_R4H_CDC_20240703030000.zip"
    assert [name for name, _ in archive.membres] == [
        "ENEDIS_1100256_R4x_CDC_H_C_09111642617347_64697659_20240703030000.xml",
        "ENEDIS_1100256_R4x_CDC_H_P_11111111111111_64697659_20240703030000.xml",
    ]
    stamps = [one.get("Horodatage") for one in points(series(tree(archive.membres[0][1]))["EA"])]
    assert (stamps[0], stamps[-1]) == ("2024-06-29T00:00:00+02:00", "2024-07-05T23:50:00+02:00")


def test_a_point_without_measure_gives_no_file() -> None:
    assert list(r4x.membres(envoi(), [publie(grand(), date(2010, 1, 1))])) == []
    assert list(r4x.archives(envoi(), [])) == []

"""HDM: the csv of histories, as it is written and as it was ordered."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from time import perf_counter

import pytest
from flux_kit import (
    AUTOMNE,
    JOUR,
    ORDINAIRE,
    POSE,
    PRINTEMPS,
    examples,
    graines,
    grand,
    jours,
    linky,
    perdu,
)
from hypothesis import given
from publication_kit import C4, MIDI, Platform

from sge_sim.flux.hdm import ecriture as hdm
from sge_sim.mesures import (
    CompteurPose,
    Grille,
    PointMesure,
    Structure,
    courbe,
    courbe_10_minutes,
    index_quotidiens,
    puissances_maximales,
)
from sge_sim.tables.mesures import Trou

PRM = "09111642617347"
ENTETE = (
    "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;"
    "Etape metier;Unite"
)


def lines(content: bytes) -> list[str]:
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    return content.decode("utf-8-sig").splitlines()


def blocks(point: PointMesure, debut: date, fin: date) -> tuple[list[str], list[str], list[str]]:
    """The three blocks of a history of indexes."""
    text = lines(hdm.write_index(PRM, point, debut, fin))
    calendars = next(rang for rang, line in enumerate(text) if line.startswith("Periode;"))
    maxima = text.index(ENTETE, 1)
    return text[:calendars], text[calendars:maxima], text[maxima:]


@pytest.mark.observed("three recorded files, 2022")
def test_the_name_holds_the_case() -> None:
    assert hdm.file_name("A06NW11N") == "Enedis_SGE_HDM_A06NW11N.csv"


@pytest.mark.observed("C5 file, 2022")
def test_a_c5_curve_is_stamped_at_the_end_in_w() -> None:
    point = linky()
    text = lines(hdm.write_courbe(PRM, point, ORDINAIRE, ORDINAIRE + JOUR))
    attendue = courbe(point, ORDINAIRE, ORDINAIRE + JOUR).valeurs.tolist()
    assert text[:3] == [
        f"{ENTETE};Pas en minutes",
        f"{PRM};Courbe de charge;01/07/2024;02/07/2024;Energie active;Consommation;Comptage Brut;"
        "W;",
        "Horodate;Valeur",
    ]
    assert text[3] == f"2024-07-01T00:30:00+02:00;{attendue[0]}"
    assert text[-1] == f"2024-07-02T00:00:00+02:00;{attendue[-1]}"


@pytest.mark.observed("C4 file, 2022")
@pytest.mark.parametrize(("jour", "nombre"), [(ORDINAIRE, 144), (PRINTEMPS, 138), (AUTOMNE, 150)])
def test_a_c4_curve_is_stamped_at_the_start_every_ten_minutes_without_unit(
    jour: date, nombre: int
) -> None:
    point = grand()
    text = lines(hdm.write_courbe(PRM, point, jour, jour + JOUR))
    assert text[1].endswith(";Consommation;Comptage Brut;;")
    rows = [line.split(";") for line in text[3:]]
    assert len(rows) == len({horodate for horodate, _ in rows}) == nombre
    assert rows[0][0][:19] == f"{jour}T00:00:00"
    valeurs = courbe_10_minutes(point, jour, jour + JOUR).valeurs.tolist()
    assert [int(valeur) for _, valeur in rows] == valeurs
    assert all(valeur % 1000 == 0 for valeur in valeurs)


@pytest.mark.observed("C5 file, 2022: 60 then 30 minutes; C4 file: 2 448 empty values")
def test_a_c5_curve_is_hourly_before_its_collection_and_a_lost_point_is_empty() -> None:
    point = linky(collecte=ORDINAIRE + JOUR, trous=(perdu(ORDINAIRE + JOUR, (8, 9)),))
    text = lines(hdm.write_courbe(PRM, point, ORDINAIRE, ORDINAIRE + 2 * JOUR))
    assert [line[:16] for line in text[3:5]] == ["2024-07-01T01:00", "2024-07-01T02:00"]
    assert len(text) == 3 + 24 + 48
    assert [line[11:16] for line in text[3:] if line.endswith(";")] == ["08:30", "09:00"]


@pytest.mark.documented("GUI 0453: the curve of a C5 is raw")
def test_the_curve_of_a_c5_is_never_corrected() -> None:
    point, asked = linky(trous=(perdu(ORDINAIRE, (8, 9)),)), (ORDINAIRE, ORDINAIRE + JOUR)
    corrigee = hdm.write_courbe(PRM, point, *asked, corrigees=True)
    assert corrigee == hdm.write_courbe(PRM, point, *asked)


@pytest.mark.documented("FAQ: the history of a period without collection is an empty file")
def test_a_period_without_curve_gives_headings_alone() -> None:
    text = lines(hdm.write_courbe(PRM, linky(collecte=date(2025, 1, 1)), POSE, POSE + 9 * JOUR))
    assert len(text) == 3


@pytest.mark.observed("asked from 03/02/2020, printed 20/10/2020")
def test_nothing_is_told_before_the_last_mise_en_service() -> None:
    point = linky(mise_en_service=date(2020, 10, 20))
    debut, fin = date(2020, 2, 3), date(2022, 2, 2)
    for content in (
        hdm.write_courbe(PRM, point, debut, fin),
        hdm.write_index(PRM, point, debut, fin),
    ):
        assert lines(content)[1].split(";")[2:4] == ["20/10/2020", "02/02/2022"]
    assert lines(hdm.write_courbe(PRM, point, debut, fin))[3][:10] == "2020-10-20"
    assert blocks(point, debut, fin)[0][3].startswith("2020-10-21T00:00:00+02:00;")


@pytest.mark.assumed("a client who came between the order and its file has nothing of the period")
def test_a_period_wholly_before_the_last_mise_en_service_is_empty_and_never_inverted() -> None:
    point = linky(mise_en_service=date(2025, 2, 3))
    debut, fin = date(2024, 5, 1), date(2024, 6, 1)
    curve = lines(hdm.write_courbe(PRM, point, debut, fin))
    assert len(curve) == 3
    index, calendars, maxima = blocks(point, debut, fin)
    assert (len(index), len(calendars), len(maxima)) == (3, 1, 3)
    for block in (curve, index, maxima):
        assert block[1].split(";")[2:4] == ["01/06/2024", "01/06/2024"]


@pytest.mark.observed("IDX file, 2022, against the curve of the same point")
@pytest.mark.parametrize(
    ("jour", "labels"),
    [
        (ORDINAIRE, ["2024-07-01T00:00:00+02:00"]),
        (date(2024, 1, 8), ["2024-01-08T23:00:00+01:00"]),
        (AUTOMNE, ["2024-10-27T00:00:00+02:00", "2024-10-27T23:00:00+01:00"]),
        (PRINTEMPS, []),
    ],
)
def test_an_index_is_that_of_the_midnight_of_its_date_whatever_the_hour_of_its_label(
    jour: date, labels: list[str]
) -> None:
    point = linky()
    rows = [line.split(";") for line in blocks(point, jour - JOUR, jour)[0][3:]]
    lus = index_quotidiens(point, jour, jour + JOUR)
    assert [row[0] for row in rows] == labels
    for row in rows:
        assert row[1] == "Arrêté quotidien"
        # Six classes of the supplier; F7 to F10 count nothing.
        assert [int(one) for one in row[2:8]] == lus.fournisseur[:6, 0].tolist()
        assert row[8:12] == [""] * 4
        assert [int(one) for one in row[12:16]] == lus.distributeur[:4, 0].tolist()
        assert int(row[16]) == lus.total[0]


@pytest.mark.observed("IDX file of 20/10/2020-02/02/2022: rows 2020-10-21 to 2022-02-02")
def test_index_rows_close_each_day_of_the_period_so_that_its_last_day_can_be_computed() -> None:
    point, debut, fin = linky(), date(2020, 10, 20), date(2022, 2, 2)
    index, calendars, maxima = blocks(point, debut, fin)
    assert (index[3][:10], index[-1][:10]) == ("2020-10-21", "2022-02-02")
    assert calendars[1].startswith("Du 2020-10-21T00:00:00+02:00 au;")
    assert (maxima[3][:10], maxima[-1][:10]) == ("2020-10-20", "2022-02-01")
    veille, dernier = (int(line.rsplit(";", 1)[1]) for line in index[-2:])
    watts = courbe(point, fin - JOUR, fin).valeurs
    assert dernier - veille == watts.sum() // 2


@pytest.mark.observed("IDX file, 2022: 390 of 391 rows have blanks where a register isn't used")
def test_a_register_that_no_calendar_uses_is_blank_and_never_zero() -> None:
    point = base(linky(pose=date(2024, 6, 30)))
    for line in blocks(point, ORDINAIRE, ORDINAIRE + 9 * JOUR)[0][3:]:
        row = line.split(";")[2:]
        assert row[1:10] == [""] * 9
        assert row[11:14] == [""] * 3
        assert int(row[0]) == int(row[10]) == int(row[14]) > 0


@pytest.mark.assumed("a register that a calendar used before keeps its value")
def test_a_register_of_an_earlier_calendar_keeps_its_value() -> None:
    point = linky()
    apres = Grille(ORDINAIRE, "FC000165", Structure.BASE)
    point = replace(point, grille_fournisseur=(*point.grille_fournisseur, apres))
    for line in blocks(point, ORDINAIRE, ORDINAIRE + 3 * JOUR)[0][3:]:
        row = line.split(";")[2:]
        assert row[6:10] == [""] * 4
        assert sum(map(int, row[:6])) == int(row[14])


def base(point: PointMesure) -> PointMesure:
    """The same point under calendars of one class."""
    return replace(
        point,
        grille_fournisseur=(Grille(POSE, "FC000165", Structure.BASE),),
        grille_distributeur=(Grille(POSE, "DI000001", Structure.BASE),),
    )


@pytest.mark.observed("IDX file, 2022")
def test_the_columns_of_the_index_block_are_the_15_registers_of_a_linky() -> None:
    index = blocks(linky(), ORDINAIRE, ORDINAIRE + JOUR)[0]
    assert index[:3] == [
        ENTETE,
        f"{PRM};Index;01/07/2024;02/07/2024;Energie active;Consommation;Comptage Brut;",
        "Horodate;Type de releve;EAS F1;EAS F2;EAS F3;EAS F4;EAS F5;EAS F6;EAS F7;EAS F8;EAS F9;"
        "EAS F10;EAS D1;EAS D2;EAS D3;EAS D4;EAS T",
    ]


@given(graine=graines, debut=jours)
@examples(15)
def test_the_registers_of_each_grid_add_up_to_the_total(graine: int, debut: date) -> None:
    index, _, _ = blocks(linky(graine), debut, debut + timedelta(5))
    for line in index[3:]:
        registres = [int(one or 0) for one in line.split(";")[2:]]
        assert sum(registres[:10]) == sum(registres[10:14]) == registres[14]


@pytest.mark.observed("IDX file, 2022: empty rows and INCONNU until the Linky of 07/01/2021")
def test_rows_before_the_communicating_meter_are_empty_and_without_calendar() -> None:
    pose = date(2021, 1, 7)
    ancien = linky(mise_en_service=date(2020, 10, 20), pose=pose)
    compteurs = (CompteurPose(POSE, pose, communicant=False), CompteurPose(pose))
    point = replace(ancien, compteurs=compteurs)
    index, calendars, _ = blocks(point, date(2020, 10, 20), date(2022, 2, 2))
    assert index[3] == "2020-10-21T00:00:00+02:00;Arrêté quotidien" + ";" * 15
    # The first reading closes the day of the Linky.
    assert [line for line in index[3:] if line.endswith(";" * 15)][-1][:10] == "2021-01-07"
    premiere, seconde = (line.split(";") for line in calendars[1:])
    assert premiere[0] == "Du 2020-10-21T00:00:00+02:00 au 2021-01-08T23:00:00+01:00"
    assert premiere[1:6] == ["INCONNU", "INCONNU", "", "", "EAS F1"]
    assert seconde[0] == "Du 2021-01-08T23:00:00+01:00 au"
    assert seconde[1:6] == ["FC000050", "6 cadrans", "BUHC", "Bleu Heures Creuses", "EAS F1"]
    assert [seconde[37], seconde[-1]] == ["EAS D1", "EAS D4"]
    headings = calendars[0].split(";")
    assert len(headings) == len(premiere) == len(seconde) == 1 + 2 + 3 * 10 + 2 + 3 * 4
    assert headings[3:6] == [
        f"{what} classe temporelle 1" for what in ("Identifiant", "Libelle", "Cadran")
    ]
    assert headings[-1] == "Cadran classe temporelle distributeur 4"


@pytest.mark.observed("IDX file, 2022")
def test_maxima_are_at_their_instant_and_a_lost_one_empty_at_midnight() -> None:
    point = linky(trous=(perdu(ORDINAIRE + JOUR),))
    _, _, maxima = blocks(point, ORDINAIRE, ORDINAIRE + 2 * JOUR)
    attendu = puissances_maximales(point, ORDINAIRE, ORDINAIRE + JOUR)
    instant = str((attendu.horodates + attendu.decalages).astype("datetime64[s]")[0])
    assert maxima == [
        ENTETE,
        f"{PRM};Puissance maximale quotidienne;01/07/2024;03/07/2024;Puissance maximale atteinte;"
        "Consommation;Comptage Brut;W",
        "Horodate;Valeur",
        f"{instant}+02:00;{attendu.valeurs[0]}",
        "2024-07-02T00:00:00+02:00;",
    ]


def test_rows_follow_each_other_in_time() -> None:
    fin = date(2025, 1, 1)
    for content in (
        hdm.write_courbe(PRM, linky(), date(2024, 1, 1), fin),
        hdm.write_courbe(PRM, grand(), date(2024, 1, 1), fin),
    ):
        stamps = [line.split(";")[0] for line in lines(content)[3:]]
        assert all(a < b or a[19:] > b[19:] for a, b in pairwise(stamps))


def test_a_history_of_two_years_is_written_within_a_second() -> None:
    point = linky()
    hdm.write_courbe(PRM, point, ORDINAIRE, ORDINAIRE + JOUR)  # builds the national calendar
    started = perf_counter()
    content = hdm.write_courbe(PRM, point, date(2023, 1, 1), date(2025, 1, 1))
    assert perf_counter() - started < 1
    assert len(lines(content)) == 3 + 731 * 48


@pytest.mark.documented("GUI 0453: mesureCorrigee may be true on C1-C4; wording and values assumed")
def test_a_curve_that_was_ordered_corrected_has_the_values_that_were_lost(
    platform: Platform,
) -> None:
    debut = date(2024, 10, 1)
    lost = perdu(debut, (8, 9))
    with platform.database.transaction() as session:
        session.add(Trou(prm=C4, debut=lost.debut, fin=lost.fin))
    orders = [
        platform.historique(C4, "CDC", debut, debut + JOUR, MIDI, corrigees=corrigees)
        for corrigees in (False, True)
    ]
    platform.catch_up(MIDI)
    brute, corrigee = (
        platform.ready()[f"Enedis_SGE_HDM_{affaire}.csv"].decode("utf-8-sig").splitlines()
        for affaire in orders
    )
    assert corrigee[1].endswith(";Consommation;Comptage Corrigé;;")
    brute, corrigee = brute[3:], corrigee[3:]
    assert len(brute) == len(corrigee) == 144
    assert [line for line in brute if not line.endswith(";")] == [
        line for line in corrigee if not "08:00" <= line[11:16] < "09:00"
    ]
    valeurs = courbe_10_minutes(platform.mesure(C4), debut, debut + JOUR).valeurs.tolist()
    assert [int(line.split(";")[1]) for line in corrigee] == valeurs

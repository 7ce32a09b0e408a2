"""Lines of measures: what was lost stays lost, what isn't given is drawn, what is wrong is told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from points_kit import day_lines, examples, json_lines, recorded
from sqlalchemy import func, select

from sge_sim.domaine.prm import generate
from sge_sim.facts.database import Database
from sge_sim.mesures import PointMesure, courbe, energies_quotidiennes, index_quotidiens
from sge_sim.referentiel.apports.export import template
from sge_sim.referentiel.apports.lecture import Faute, Source
from sge_sim.referentiel.apports.retrait import remove_own_points
from sge_sim.referentiel.apports.versement import Bilan, import_points
from sge_sim.referentiel.mesures import mesure_of
from sge_sim.tables.mesures import MesureDonnee

C5, C4 = (cells["prm"] for cells in examples())
OTHER = generate("304", 1)
DAY = timedelta(1)
LUNDI = date(2024, 6, 3)
WATTS = [400] * 48
INDEX = {"total": 1000, "F1": 1000, "D1": 1000}


@pytest.fixture
def database(database: Database) -> Database:
    """A state that holds the points of the template."""
    bring(database, template("csv").encode())
    return database


def bring(database: Database, *pieces: bytes) -> tuple[Bilan, list[Faute]]:
    faults: list[Faute] = []
    return import_points(database, [Source("jours", pieces)], report=faults.append), faults


def line(jour: Any = LUNDI, courbe: Any = None, index: Any = None, prm: str = C5) -> bytes:
    cells = {"prm": prm, "jour": str(jour), "courbe": courbe, "index": index}
    return (json.dumps(cells) + "\n").encode()


def mesure(database: Database, prm: str = C5) -> PointMesure:
    dossier = database.memoire.look().lire(prm=prm).dossier
    return mesure_of(dossier, "SOUTIRAGE")


def count(database: Database) -> int:
    with database.sessions() as session:
        return session.scalar(select(func.count()).select_from(MesureDonnee)) or 0


def test_the_template_imports_as_it_is_in_both_forms(database: Database) -> None:
    assert bring(database, template("csv", "jours").encode()) == (Bilan(2, 0, 0, 0, True, 2), [])
    assert bring(database, template("jsonl", "jours").encode())[0] == Bilan(2, 0, 2, 0, True)


@pytest.mark.assumed
def test_a_hole_stays_a_hole_and_indexes_tell_what_was_used_in_it(database: Database) -> None:
    holed: list[int | None] = [*WATTS]
    holed[10:12] = [None, None]
    following = dict.fromkeys(INDEX, 1000 + 46 * 200 + 55)
    bring(database, line(LUNDI, holed, INDEX), line(LUNDI + DAY, None, following))
    point = mesure(database)
    read = courbe(point, LUNDI, LUNDI + DAY)
    assert [int(value) for value in read.valeurs[read.valides]] == [400] * 46
    assert not read.valides[10:12].any()
    assert energies_quotidiennes(point, LUNDI, LUNDI + DAY).valeurs.tolist() == [46 * 200 + 55]


@pytest.mark.assumed
def test_a_lost_day_and_a_lost_index_are_lost(database: Database) -> None:
    bring(database, line(LUNDI, "- " * 48, INDEX), line(LUNDI + 3 * DAY, None, "-"))
    point = mesure(database)
    read = index_quotidiens(point, LUNDI, LUNDI + 5 * DAY)
    assert read.valides.tolist() == [True, False, True, False, True]
    assert not courbe(point, LUNDI, LUNDI + DAY).valides.any()
    energies = energies_quotidiennes(point, LUNDI, LUNDI + 4 * DAY)
    assert energies.valides.tolist() == [False, False, False, False]


@pytest.mark.assumed
def test_what_is_not_given_is_drawn_within_what_indexes_leave(database: Database) -> None:
    drawn = mesure(database)
    end = LUNDI + 10 * DAY
    bring(database, line(LUNDI, WATTS, INDEX), line(end, None, dict.fromkeys(INDEX, 81_000)))
    point = mesure(database)
    energies = energies_quotidiennes(point, LUNDI, end).valeurs.tolist()
    assert (energies[0], sum(energies), min(energies) > 0) == (9_600, 80_000, True)
    read = index_quotidiens(point, LUNDI, end + DAY)
    assert (read.total[1:] - read.total[:-1]).tolist() == energies
    assert (read.fournisseur.sum(axis=0) == read.total).all()
    assert (read.distributeur.sum(axis=0) == read.total).all()
    apart = (end + DAY, end + 30 * DAY)
    assert courbe(point, *apart).valeurs.tolist() == courbe(drawn, *apart).valeurs.tolist()


@pytest.mark.assumed
def test_the_curve_of_a_large_point_is_told_as_given(database: Database) -> None:
    kilowatts = [1000 * (step % 90) for step in range(288)]
    bilan, faults = bring(database, line(LUNDI, kilowatts, prm=C4))
    assert (bilan.jours, faults) == (1, [])
    point = mesure(database, C4)
    assert courbe(point, LUNDI, LUNDI + DAY).valeurs.tolist() == kilowatts
    read = energies_quotidiennes(point, LUNDI, LUNDI + DAY)
    assert read.valeurs.tolist() == [sum(kilowatts) // 12]


SPOILT = [
    (line(prm=C5[:-1], courbe=WATTS), "prm", "pas un point importé"),
    (line(prm="25946599093143", courbe=WATTS), "prm", "pas un point importé"),
    (line("03/06/2024", WATTS), "jour", "n'est pas un jour"),
    (line("2019-05-19", WATTS), "jour", "compteur communicant"),
    (line(), "courbe", "donner une courbe"),
    (line(courbe="400 x"), "courbe", "W entiers"),
    (line(courbe=[-400] * 48), "courbe", "W entiers"),
    (line(courbe=WATTS[1:]), "courbe", "48 valeurs de 30 min"),
    (line("2024-03-31", WATTS), "courbe", "46 valeurs de 30 min"),
    (line("2024-10-27", WATTS), "courbe", "50 valeurs de 30 min"),
    (line(courbe=[401, *WATTS[1:]]), "courbe", "paire"),
    (line("2020-12-31", WATTS), "courbe", "collectée"),
    (line(index="{total}"), "index", "JSON"),
    (line(index=[1000]), "index", "par exemple"),
    (line(index=INDEX | {"F11": 1}), "index", "registre"),
    (line(index=r'{"\ud800":1}'), "index", "U+D800"),
    (line(index=INDEX | {"F1": "1000"}), "index", "nombre entier"),
    (line(index={"F1": 1000}), "index", "manque le total"),
    (line(index=INDEX | {"F1": 999}), "index", "ne s'ajoutent pas"),
    (line(index=INDEX | {"D2": 0}), "index", "les registres D de ce jour sont D1"),
    (line(prm=C4, courbe=[1500] * 288), "courbe", "kW entiers"),
    (line(prm=C4, courbe=[1000] * 144), "courbe", "288 valeurs de 5 min"),
    (line("2022-06-01", [1000] * 288, prm=C4), "courbe", "144 valeurs de 10 min"),
    (line(prm=C4, index=INDEX), "index", "seul un C5"),
]


def test_all_that_is_wrong_on_a_day_is_told_at_once(database: Database) -> None:
    bilan, faults = bring(database, line(courbe=WATTS[1:], index=INDEX | {"F1": 999}))
    assert [(each.ligne, each.mot) for each in faults] == [(1, "courbe"), (1, "index")]
    assert (bilan.fautes, count(database)) == (2, 0)


def test_each_kind_of_spoilt_day_is_named_with_its_line_and_nothing_is_imported(
    database: Database,
) -> None:
    bilan, faults = bring(database, *(each for each, _, _ in SPOILT))
    assert [(each.ligne, each.mot) for each in faults] == [
        (number, mot) for number, (_, mot, _) in enumerate(SPOILT, 1)
    ]
    for faute, (_, _, phrase) in zip(faults, SPOILT, strict=True):
        assert phrase in faute.phrase, faute
    assert (bilan.importe, count(database)) == (False, 0)


@pytest.mark.parametrize(
    ("lines", "number", "phrase"),
    [
        ([line(courbe=WATTS), line(courbe=WATTS)], 2, "plus haut"),
        ([line(index=INDEX), line(LUNDI + DAY, None, dict.fromkeys(INDEX, 999))], 2, "recule"),
        (
            [line(courbe=WATTS, index=INDEX), line(LUNDI + DAY, None, INDEX)],
            2,
            "la courbe donne 9600 Wh depuis le 03/06/2024, les index 0",
        ),
        (
            [line(LUNDI + DAY, None, INDEX), line(LUNDI, WATTS, dict.fromkeys(INDEX, 0))],
            1,
            "la courbe donne 9600 Wh depuis le 03/06/2024, les index 1000",
        ),
    ],
    ids=["twice", "back", "disagree", "disagree, the later first"],
)
def test_an_index_and_a_curve_that_disagree_are_a_fault_with_its_line(
    database: Database, lines: list[bytes], number: int, phrase: str
) -> None:
    bilan, (report,) = bring(database, *lines)
    assert (report.ligne, bilan.importe, count(database)) == (number, False, 0)
    assert phrase in report.phrase


@pytest.mark.assumed
@pytest.mark.parametrize("strict", [False, True])
def test_an_hour_far_above_the_power_is_remarked(database: Database, strict: bool) -> None:
    remarks: list[Faute] = []
    faults: list[Faute] = []
    half, hour = [*WATTS[1:], 15_000], [*WATTS[2:], 7_802, 7_800]  # of 6 kVA
    lines = [line(LUNDI, half), line(LUNDI + DAY, hour)]
    bilan = import_points(
        database,
        [Source("jours", lines)],
        report=faults.append,
        remark=remarks.append,
        strict=strict,
        sauf_erreurs=True,
    )
    assert (bilan.jours, len(faults), len(remarks)) == ((1, 1, 0) if strict else (2, 0, 1))
    (each,) = faults or remarks
    assert (each.ligne, each.mot) == (2, "courbe")
    assert "7801 W pendant une heure pour 6 kVA" in each.phrase


@pytest.mark.documented
def test_a_point_below_level_2_has_no_measures(database: Database) -> None:
    low = examples()[0] | {"prm": OTHER, "niveauOuvertureServices": "1", "collectes": ""}
    bring(database, *json_lines(iter([low])))
    _, (report,) = bring(database, line(index=INDEX, prm=OTHER))
    assert (report.mot, "niveau 1 : il faut le niveau 2" in report.phrase) == ("jour", True)


def test_a_day_that_is_there_otherwise_is_a_fault_and_goes_with_its_point(
    database: Database,
) -> None:
    assert bring(database, line(courbe=WATTS))[0].jours == 1
    bilan, (report,) = bring(database, line(courbe=[402, *WATTS[1:]]))
    assert (report.mot, bilan.importe, count(database)) == ("jour", False, 1)
    # What contradicts days that were there before is a fault too.
    _, (report,) = bring(database, line(LUNDI - DAY, None, INDEX), line(LUNDI + DAY, None, INDEX))
    assert report.ligne == 2
    remove_own_points(database, [C5])
    assert count(database) == 0


@pytest.mark.parametrize("given", ["before", "with their point"])
def test_a_trial_finds_what_an_import_would_and_asks_for_no_lock(
    database: Database, given: str
) -> None:
    if given != "before":
        remove_own_points(database, None)
    points = [] if given == "before" else [Source("points", [template("csv").encode()])]
    lines = [
        line(LUNDI, WATTS),
        line(LUNDI, WATTS, prm=C4),  # its curve is in kW
        line(LUNDI, WATTS),
        line(LUNDI + DAY, WATTS),
    ]
    faults: list[list[Faute]] = [[], []]
    with database.alone(), database.transaction():
        tried = import_points(
            database, [*points, Source("jours", lines)], report=faults[0].append, essai=True
        )
    assert (tried.jours, tried.fautes, count(database)) == (2, 2, 0)
    done = import_points(database, [*points, Source("jours", lines)], report=faults[1].append)
    assert replace(tried, importe=done.importe) == done
    assert faults[0] == faults[1]


def test_days_are_seen_at_once_at_the_end_and_a_stop_leaves_none(database: Database) -> None:
    drawn = mesure(database)
    days = recorded(date(2023, 1, 1), date(2023, 3, 1), total=10**6)

    def interrupted() -> Iterator[bytes]:
        yield from day_lines(C5, days)
        yield line(prm=C4, courbe=[1000] * 288)
        assert count(database) == len(days)
        assert mesure(database) == drawn
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_points(database, [Source("jours", interrupted())], report=pytest.fail)
    assert (count(database), mesure(database)) == (0, drawn)

"""`flux score`: every planted defect is accounted for, none invented; a clean month is perfect."""

import csv
import io
import json
import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from documented_parser import Row, parse
from everything_kit import order_all, segments_of, subscribe_all
from flux_kit import JOUR
from made_states import copy_state
from publication_kit import Platform, at, open_platform
from r6x_kit import order
from running_simulator import run_command
from test_annee import PARTS

from sge_sim.errors import UsageError
from sge_sim.flux.score import (
    COLONNES,
    SAIN,
    Score,
    Verite,
    Vrai,
    key_of,
    read_rows,
    score,
    verite_of,
)
from sge_sim.operations import State
from sge_sim.operations.pannes import plan as plan_panne
from sge_sim.tables.defauts import find_defauts

DEBUT = date(2024, 10, 25)
POINTS = int(os.environ.get("SGE_SIM_SALES_POINTS", "300"))
OFTEN: dict[str, dict[str, Any]] = {
    "calendrier_inconnu": {"probabilite": 0.05},
    "index_fou": {"probabilite": 0.5},
    "contextes_chevauches": {"probabilite": 0.1},
    "ligne_manquante": {"probabilite": 0.01},
    "ligne_doublee": {"probabilite": 0.01},
    "ligne_deplacee": {"probabilite": 0.01},
    "unite_fausse": {"probabilite": 0.1},
    "fichier_vide": {"service": "R50"},
    "archive_vide": {"service": "R151"},
    "fichier_sans_point": {"service": "R171"},
}


def publish(
    folder: Path, points: int, debut: date, jours: int, plans: dict[str, dict[str, Any]]
) -> Platform:
    copy_state(folder, {})
    platform = open_platform(folder)
    state = State(platform.data_dir, platform.database)
    for sorte, said in plans.items():
        begins = at(debut, 0) if sorte == "index_fou" else None
        plan_panne(state, sorte=sorte, debut=begins, **said)
    parts = {each: max(1, count * points // 300) for each, count in PARTS.items()}
    chosen = segments_of(platform, parts=parts) if points > 30 else segments_of(platform)
    subscribe_all(platform, chosen, daily=True, debut=debut)
    platform.catch_up(at(debut + jours * JOUR))
    order_all(platform, chosen, debut, debut + jours * JOUR)
    consumers = [prm for prm, segment in chosen.items() if segment.startswith("C")]
    order(platform, "R67", consumers, debut - 300 * JOUR, debut, at(debut + (jours + 1) * JOUR))
    platform.catch_up(at(debut + (jours + 6) * JOUR))
    return platform


def scored(platform: Platform, rows: list[Row]) -> Score:
    lus, said = read_rows("\n".join(map(json.dumps, rows)))
    assert said == []
    with platform.database.sessions() as session:
        return score(verite_of(session, platform.data_dir), lus)


SIZES = [
    pytest.param(9, DEBUT, 3, id="sample"),
    pytest.param(POINTS, date(2024, 10, 1), 31, marks=pytest.mark.fichiers_sales, id="month"),
]


@pytest.mark.parametrize(("points", "debut", "jours"), SIZES)
def test_a_dirty_month_is_accounted_for(
    tmp_path: Path, points: int, debut: date, jours: int
) -> None:
    platform = publish(tmp_path, points, debut, jours, OFTEN)
    made = scored(platform, parse(platform.ready()))
    planted: dict[str, set[Any]] = {}
    with platform.database.sessions() as session:
        for each in find_defauts(session):
            where = each.fichier.publication.flux if each.prm else each.fichier.nom
            key = key_of(each.prm or "", each.registre or "", each.horodate or "")
            planted.setdefault(each.classe, set()).add((where, key))
    assert planted.keys() >= OFTEN.keys() - {"contextes_chevauches"}
    for classe, keys in planted.items():
        counts = made.issues[classe]
        assert counts["inventés"] == 0
        assert counts["trouvés"] + counts["manqués"] + counts["faux"] == len(keys), classe
    assert made.issues["index_fou"]["trouvés"] == 0  # this parser believes it
    assert {name for name, count in made.issues[SAIN].items() if count} == {"trouvés"}
    # A line of the hour that autumn lives twice may be doubled while the other is missing.
    assert made.issues["ligne_doublee"]["faux"] == 0
    for kind in ("fichier_vide", "archive_vide", "fichier_sans_point"):
        assert made.issues[kind] == Counter({"trouvés": len(planted[kind])}), kind
    platform.close()


@pytest.mark.parametrize(("points", "debut", "jours"), SIZES)
def test_a_clean_month_scores_without_a_remark(
    tmp_path: Path, points: int, debut: date, jours: int
) -> None:
    platform = publish(tmp_path, points, debut, jours, {})
    made = scored(platform, parse(platform.ready()))
    assert made.perfect, (made.issues, made.lignes[:5])
    assert made.issues[SAIN]["trouvés"] > 1000
    platform.close()


P, Q = "25946599093143", "30001610071843"
TRUTH = Verite({"R50": {key_of(P, "PA", "2024-07-01T00:30:00+02:00"): Vrai({"12"}, 1)}}, {}, {P})
SICK = Verite(
    {"R151": {key_of(P, "EA/D/HPB", "2024-07-01"): Vrai({"5"}, 1, 1, {"index_fou"})}},
    {"ERDF_R50_a_00002_Q.zip": "manquant"},
    {P},
)


@pytest.mark.parametrize(
    ("verite", "row", "expected"),
    [
        (TRUTH, f"{P};PA;2024-07-01 00:30:00;12;", {SAIN: {"trouvés": 1}}),
        (TRUTH, f"{P};PA;2024-07-01 00:30:00;12.0;", {SAIN: {"trouvés": 1}}),
        (TRUTH, f"{P};PA;2024-07-01 00:30:00;12000;", {SAIN: {"faux": 1}}),
        (TRUTH, f"{P};PA;2024-07-01 01:00:00;12;", {SAIN: {"manqués": 1, "inventés": 1}}),
        (
            TRUTH,
            f"{P};PA;2024-07-01 00:30:00;12;index_fou",
            {SAIN: {"trouvés": 1}, "index_fou": {"inventés": 1}},
        ),
        (SICK, f"{P};EA/D/HPB;2024-07-01;;index_fou", {"index_fou": {"trouvés": 1}}),
        (SICK, f"{P};EA/D/HPB;2024-07-01;5;", {"index_fou": {"trouvés": 1}}),
        (SICK, f"{P};EA/D/HPB;2024-07-01;29465;", {"index_fou": {"faux": 1}}),
        (SICK, f"{P};EA/D/HCB;2024-07-01;1;", {"index_fou": {"manqués": 1}, SAIN: {"inventés": 1}}),
    ],
)
def test_each_issue(verite: Verite, row: str, expected: dict[str, dict[str, int]]) -> None:
    lus, said = read_rows(f"point;registre;horodate;valeur;defaut\n{row}\n")
    assert said == []
    made = score(verite, lus)
    found = {classe: dict(counts) for classe, counts in made.issues.items()}
    found.pop("manquant", None)
    assert found == expected


@pytest.mark.parametrize("said", ["ERDF_R50_a_00002_Q.zip", "ERDF_R50_a_00002"])
def test_a_file_is_named_whole_or_by_its_beginning(said: str) -> None:
    lus, _ = read_rows(json.dumps({"fichier": said, "defaut": "manquant"}))
    assert score(SICK, lus).issues["manquant"] == Counter({"trouvés": 1})


def test_unknown_columns_and_points_are_said_line_by_line() -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, [*COLONNES, "couleur"])
    writer.writeheader()
    good = {"point": P, "registre": "PA", "horodate": "2024-07-01 00:30:00", "valeur": "12"}
    writer.writerows([good, {**good, "point": Q}, {**good, "horodate": ""}])
    lus, said = read_rows(out.getvalue())
    assert [each.partition(" : ")[0] for each in said] == ["ligne 2", "ligne 4"]
    assert "couleur" in said[0]
    assert score(TRUTH, lus).lignes == [f"ligne 3 : le point {Q} est inconnu"]


@pytest.mark.parametrize("text", ["", "a;b\n1;2\n", "{", "\x00", "point;registre\n"])
def test_what_has_no_row_that_can_be_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Aucune ligne"):
        read_rows(text)


def test_the_command_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "lu.csv").write_bytes(b"\xff\xfe")
    for nom in ("lu.csv", "absent.csv"):
        made = run_command(
            "flux", "score", "--lu", str(tmp_path / nom), "--data-dir", str(tmp_path)
        )
        assert (made.returncode, made.stdout) == (2, "")
        assert nom in made.stderr

"""`flux score`: every planted defect is accounted for, none invented; a clean month is perfect."""

import csv
import io
import json
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from documented_parser import Row, parse
from everything_kit import FEW, order_all, segments_of, subscribe_all
from flux_kit import JOUR
from made_states import copy_state
from publication_kit import Platform, at, open_platform
from r6x_kit import order
from running_simulator import run_command
from sqlalchemy import select
from test_annee import PARTS

from sge_sim.domaine.pannes import Panne
from sge_sim.domaine.sortes import SORTES
from sge_sim.errors import UsageError
from sge_sim.flux.salissures import Seme, salir
from sge_sim.flux.score import (
    COLONNES,
    SAIN,
    CleDeValeur,
    Score,
    Verite,
    Vrai,
    key_of,
    score,
    verite_of,
)
from sge_sim.operations import State
from sge_sim.operations.pannes import plan as plan_panne
from sge_sim.tables.defauts import add_defauts, find_defauts
from sge_sim.tables.flux import FichierFlux

DEBUT = date(2024, 10, 27)
"""The Sunday that has 25 hours."""
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
BELIEVED = "index_fou"
"""The parser takes the value of a mad index for a true one."""
EVERY = {"HDM", "IFJ", "R4x", "R50", "R63", "R63A", "R63B", "R64", "R64A", "R64B", "R65", "R66"}
EVERY |= {"R66B", "R67", "R151", "R171"}
"""The flux that say values."""


def publish(
    folder: Path, parts: dict[str, int], debut: date, jours: int, plans: dict[str, dict[str, Any]]
) -> Platform:
    """Have files of every kind made, as pannes have them."""
    copy_state(folder, {})
    platform = open_platform(folder)
    state = State(platform.data_dir, platform.database)
    for sorte, said in plans.items():
        begins = at(debut, 0) if sorte == BELIEVED else None
        plan_panne(state, sorte=sorte, debut=begins, **said)
    chosen = segments_of(platform, parts=parts)
    subscribe_all(platform, chosen, daily=True, debut=debut)
    platform.catch_up(at(debut + jours * JOUR))
    order_all(platform, chosen, debut, debut + jours * JOUR)
    consumers = [prm for prm, segment in chosen.items() if segment.startswith("C")]
    order(platform, "R67", consumers, debut - 300 * JOUR, debut, at(debut + (jours + 1) * JOUR))
    platform.catch_up(at(debut + (jours + 6) * JOUR))
    return platform


def dirty_again(platform: Platform) -> None:
    """Dirty files that are there as pannes of their publications would have."""
    plans = [
        Panne(
            numero=numero,
            sorte=sorte,
            au=10**6,
            debut=at(DEBUT, 0) if sorte == BELIEVED else None,
            nombre=SORTES[sorte].nombre.get("defaut"),
            **said,
        )
        for numero, (sorte, said) in enumerate(OFTEN.items(), 1)
    ]
    with platform.database.transaction() as session:
        for fichier in session.scalars(select(FichierFlux).order_by(FichierFlux.id)):
            flux, path = fichier.publication.flux, platform.data_dir / fichier.chemin
            mine = [plan for plan in plans if plan.is_about(service=flux, acteur=None)]
            plans = [plan for plan in plans if plan not in mine or not plan.service]  # once
            content, semes = salir(mine, fichier.nom, path.read_bytes())
            path.write_bytes(content)
            add_defauts(session, [(fichier, vars(each)) for each in semes])


def expected_of(rows: list[Row], planted: dict[CleDeValeur, set[str]]) -> dict[str, Counter[str]]:
    """What the parser of the documentation is to be worth, of files that lost no measure."""
    said = Counter(key_of(*(row[name] for name in COLONNES[:4])) for row in rows if "flux" in row)
    wanted: dict[str, Counter[str]] = {}
    for key in said.keys() | planted.keys():
        # A line that is alike the one before is taken for its double: of the hour that autumn
        # lives twice, where what stood between is missing, it is not. A curve has a value in each
        # of both hours, the maximum of a day is in one of them alone.
        times = 1 if key[2].startswith("PMA") else len(key[-1])
        right = said[key] >= times or not key[1]
        classes = planted.get(key, {SAIN})
        if BELIEVED in classes:
            issue = "faux" if said[key] else "manqués"
        else:
            issue = "trouvés" if right else "manqués"
        for classe in classes:
            wanted.setdefault(classe, Counter())[issue] += 1
    return wanted


@dataclass
class Judged:
    """What the parser of the documentation says and is worth, and is to be worth: by what was
    planted and by which values it says, whatever they are."""

    rows: list[Row]
    verite: Verite
    made: Score
    wanted: dict[str, Counter[str]]
    planted: dict[CleDeValeur, set[str]]

    @classmethod
    def of(cls, platform: Platform) -> "Judged":
        rows, planted = parse(platform.ready()), dict[CleDeValeur, set[str]]()
        with platform.database.sessions() as session:
            verite = verite_of(session, platform.data_dir)
            for each in find_defauts(session):
                where = each.fichier.publication.flux if each.prm else each.fichier.nom
                key = key_of(where, each.prm or "", each.registre or "", each.horodate or "")
                planted.setdefault(key, set()).add(each.classe)
        wanted = expected_of(rows, planted)
        return cls(rows, verite, score(verite, map(json.dumps, rows)), wanted, planted)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Judged]:
    """Files of every kind, of the night that has an hour more: clean, and dirty."""
    platform = publish(tmp_path_factory.mktemp("propre"), FEW, DEBUT, 1, {})
    clean = Judged.of(platform)
    dirty_again(platform)
    dirty = Judged.of(platform)
    platform.close()
    return {False: clean, True: dirty}


def test_clean_files_score_without_a_remark(sample: dict[bool, Judged]) -> None:
    assert sample[False].made.perfect
    assert sample[False].made.issues == sample[False].wanted
    assert {key[0] for key in sample[False].verite.valeurs} >= EVERY


def test_each_planted_defect_is_accounted_for(sample: dict[bool, Judged]) -> None:
    assert sample[True].wanted.keys() == {*OFTEN, SAIN}
    assert sample[True].made.issues == sample[True].wanted
    assert sample[True].made.lignes == []


@pytest.mark.fichiers_sales
@pytest.mark.parametrize("plans", [OFTEN, {}], ids=["dirty", "clean"])
def test_a_month_is_accounted_for(tmp_path: Path, plans: dict[str, dict[str, Any]]) -> None:
    began = time.perf_counter()
    parts = {each: -(-count * POINTS // 300) for each, count in PARTS.items()}
    platform = publish(tmp_path, parts, date(2024, 10, 1), 31, plans)
    published = time.perf_counter()
    month = Judged.of(platform)
    scored = time.perf_counter()
    spent = f"published in {published - began:.0f} s, scored in {scored - published:.0f} s"
    print(f"{POINTS} points, {len(month.rows)} values: {spent}", month.made.issues, sep="\n")
    assert month.wanted.keys() == {*plans, SAIN}
    assert month.made.issues == month.wanted
    assert month.made.perfect is not bool(plans)
    platform.close()


Rows = list[Row]
FLUX = {"R50", "R151", "R63B", "R64B", "R67", "R171"}
INDEX = "R151 R64B"
SHIFTED = {SAIN: {"manqués", "inventés", "faux"}}
ELSEWHERE = {SAIN: {"manqués", "inventés"}}
WRONG_VALUES = {SAIN: {"faux"}}


def each(flux: str, change: Callable[[Row], dict[str, Any]]) -> Callable[[Rows], Rows]:
    """Make a mistake in the rows of some flux."""
    return lambda rows: [
        {**row, **change(row)} if row["flux"] in flux.split() else row for row in rows
    ]


def renamed(champ: str, *names: str) -> Callable[[Row], dict[str, Any]]:
    """Take names for others, in a circle."""
    after = dict(zip(names, [*names[1:], names[0]], strict=True))
    pattern = re.compile("|".join(map(re.escape, names)))
    return lambda row: {champ: pattern.sub(lambda found: after[found[0]], row[champ])}


def stamped(change: Callable[[datetime], datetime]) -> Callable[[Row], dict[str, Any]]:
    return lambda row: {"horodate": str(change(datetime.fromisoformat(row["horodate"])))}


def next_value(rows: Rows) -> Rows:
    """Each value is told at the stamp of the one before."""
    return [
        {**row, "valeur": after["valeur"]} if row["flux"] == after["flux"] == "R50" else row
        for row, after in pairwise([*rows, rows[0]])
    ]


def first_hour(rows: Rows, *, again: bool) -> Rows:
    """Of the hour that autumn lives twice the first is read, or is taken for both."""
    seen, made = dict[tuple[str, ...], Row](), []
    for row in rows:
        first = seen.setdefault((row["flux"], row["point"], row["registre"], row["horodate"]), row)
        made += [{**row, "valeur": first["valeur"]}] if again or first is row else []
    return made


def moved(rows: Rows) -> Rows:
    """A value is dropped, another invented."""
    n = next(n for n, row in enumerate(rows) if row["flux"] == "R50")
    return [*rows[:n], {**rows[n], "horodate": "2024-10-01T00:30:00+02:00"}, *rows[n + 1 :]]


Mistake = tuple[Callable[[Rows], Rows], dict[str, set[str]]]
"""What a parser does to its rows, and the issues that come of it, by class."""
WRONG: dict[str, Mistake] = {
    "full hours for off-peak hours": (
        each(INDEX, renamed("registre", "HP", "HC")),
        WRONG_VALUES,
    ),
    "a grid for the other": (
        each(INDEX, renamed("registre", "/D/", "/F/")),
        ELSEWHERE,
    ),
    "a quantity for another": (
        each("R50", renamed("registre", "PA", "EA")),
        {SAIN: {"manqués", "inventés"}},
    ),
    "a step later": (each("R50", stamped(lambda d: d + timedelta(minutes=30))), SHIFTED),
    "UTC without saying it": (
        each("R50", stamped(lambda d: d.astimezone(UTC).replace(tzinfo=None))),
        SHIFTED,
    ),
    "the offset of winter": (
        each("R50", renamed("horodate", "+02:00", "+01:00")),
        SHIFTED,
    ),
    "always two hours of offset": (
        each("R50", stamped(lambda d: d.replace(tzinfo=timezone(timedelta(hours=2))))),
        SHIFTED,
    ),
    "a day later": (each("R151", stamped(lambda d: d + JOUR)), SHIFTED),
    "the hour that comes twice once": (partial(first_hour, again=False), {SAIN: {"manqués"}}),
    "its first half for both": (partial(first_hour, again=True), WRONG_VALUES),
    "kWh for Wh": (
        each("R151", lambda row: {"valeur": int(row["valeur"]) / 1000}),
        {SAIN: {"faux"}},
    ),
    "Wh for kWh": (each("R67", lambda row: {"valeur": row["valeur"] + "000"}), WRONG_VALUES),
    "the next value": (next_value, WRONG_VALUES),
    "one dropped, one invented": (moved, ELSEWHERE),
    "every file twice": (lambda rows: rows + rows, {SAIN: {"faux"}, "ligne_doublee": {"faux"}}),
    "all set aside": (
        each("R50", lambda row: {"valeur": "", "defaut": "index_fou"}),
        {SAIN: {"manqués"}, "index_fou": {"inventés"}},
    ),
}


@pytest.mark.parametrize("mistake", [*WRONG, "zero for what is missing"])
def test_a_wrong_parser_is_seen_in_the_class_of_what_it_gets_wrong(
    sample: dict[bool, Judged], mistake: str
) -> None:
    planted, verite = sample[True].planted, sample[True].verite
    valeurs = {key: vrai for key, vrai in verite.valeurs.items() if key[0] in FLUX}
    verite = replace(verite, valeurs=defaultdict(Vrai, valeurs), fichiers={})
    rows = [row for row in sample[True].rows if row.get("flux") in FLUX]
    zeros = [
        {"flux": flux, "point": point, "registre": registre, "horodate": stamp, "valeur": "0"}
        for (flux, point, registre, (instant, *_)), classes in planted.items()
        if flux == "R50" and classes == {"ligne_manquante"}
        for stamp in [str(datetime.fromtimestamp(int(instant), UTC))]
    ]
    filled: Mistake = (lambda rows: rows + zeros, {"ligne_manquante": {"faux"}})
    change, expected = WRONG.get(mistake, filled)
    before = score(verite, map(json.dumps, rows)).issues
    after = score(verite, map(json.dumps, change(rows))).issues
    found = {classe: {*(after[classe] - before[classe])} - {"trouvés"} for classe in expected}
    assert found == expected
    assert after[SAIN]["trouvés"] < before[SAIN]["trouvés"] or SAIN not in expected


P, Q = "25946599093143", "30001610071843"
LINE = "ERDF_R50_a_00002_Q.zip"


def verite(flux: str, registre: str, horodate: str, *valeurs: str, **said: Any) -> Verite:
    instants = key_of(flux, P, registre, horodate)[-1]
    vrai = Vrai([*valeurs], [*valeurs] if len(instants) > 1 else [], **said)
    values = defaultdict(Vrai, {(flux, P, registre, instants): vrai})
    return Verite(values, {LINE: Vrai(classes={"manquant"})}, {P}, {flux})


TRUTH = verite("R50", "PA", "2024-07-01T00:30:00+02:00", "12")
SICK = verite("R151", "EA/D/HPB", "2024-07-01", "5", classes={"index_fou"})
TWICE = verite("R63", "PA", "2024-10-27 02:30:00", "7", "8")
SPRING = verite("R50", "PA", "2025-03-30T03:30:00+02:00", "7")
FIRST = verite("R50", "PA", "2024-10-27T02:30:00+02:00", "7")


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
        # What is seen where it isn't, and hides what is true, is no excuse.
        (
            TRUTH,
            f"{P};PA;2024-07-01 00:30:00;;index_fou",
            {SAIN: {"manqués": 1}, "index_fou": {"inventés": 1}},
        ),
        (TRUTH, f"{P};PA;2024-07-01 00:30:00;;", {SAIN: {"manqués": 1}}),
        (
            TRUTH,
            f"{P};PA;2024-07-01 00:30:00;12;\n{P};PA;2024-07-01 00:30:00;12;",
            {SAIN: {"faux": 1}},
        ),
        # The instant counts, however it is written; the wrong offset makes another.
        (TRUTH, f"{P};PA;2024-06-30T22:30:00Z;12;", {SAIN: {"trouvés": 1}}),
        (TRUTH, f"{P};PA;2024-07-01T00:30:00+01:00;12;", {SAIN: {"manqués": 1, "inventés": 1}}),
        (TRUTH, f"{P};PA;demain;12;", {SAIN: {"manqués": 1, "inventés": 1}}),
        (SPRING, f"{P};PA;2025-03-30 03:30:00;7;", {SAIN: {"trouvés": 1}}),
        (SPRING, f"{P};PA;2025-03-30 02:30:00;7;", {SAIN: {"manqués": 1, "inventés": 1}}),
        (FIRST, f"{P};PA;2024-10-27 02:30:00;7;", {SAIN: {"trouvés": 1}}),
        (FIRST, f"{P};PA;2024-10-27T02:30:00+01:00;7;", {SAIN: {"manqués": 1, "inventés": 1}}),
        (TWICE, f"{P};PA;2024-10-27 02:30:00;7;", {SAIN: {"manqués": 1}}),
        (
            TWICE,
            f"{P};PA;2024-10-27 02:30:00;7;\n{P};PA;2024-10-27 02:30:00;7;",
            {SAIN: {"faux": 1}},
        ),
        (
            TWICE,
            f"{P};PA;2024-10-27T02:30:00+02:00;7;\n{P};PA;2024-10-27T02:30:00+01:00;8;",
            {SAIN: {"trouvés": 1}},
        ),
        (SICK, f"{P};EA/D/HPB;2024-07-01;;index_fou", {"index_fou": {"trouvés": 1}}),
        (SICK, f"{P};EA/D/HPB;2024-07-01;5;", {"index_fou": {"trouvés": 1}}),
        (SICK, f"{P};EA/D/HPB;2024-07-01;29465;", {"index_fou": {"faux": 1}}),
        (SICK, f"{P};EA/D/HCB;2024-07-01;1;", {"index_fou": {"manqués": 1}, SAIN: {"inventés": 1}}),
    ],
)
def test_each_issue(verite: Verite, row: str, expected: dict[str, dict[str, int]]) -> None:
    made = score(verite, f"point;registre;horodate;valeur;defaut\n{row}\n".splitlines())
    assert made.lignes == []
    assert made.issues.pop("manquant") == Counter({"manqués": 1})
    assert made.issues == expected


@pytest.mark.parametrize(
    ("flux", "registre", "lines", "expected"),
    [
        # The maximum of a day comes once in both hours, a curve in each.
        ("R66", "PMA", "02:13=5", {SAIN: {"trouvés": 1}}),
        ("R66", "PMA", "02:13+5", {"ligne_doublee": {"trouvés": 1}}),
        (
            "R66",
            "PMA",
            "02:13-5 03:14=6",
            {"ligne_manquante": {"manqués": 1}, SAIN: {"trouvés": 1}},
        ),
        ("R63", "PA", "02:00=5 02:30=7 02:00=5 02:30=7", {SAIN: {"trouvés": 2}}),
        (
            "R63",
            "PA",
            "02:00=5 02:30-7 02:00=6 02:30-8",
            {"ligne_manquante": {"manqués": 1}, SAIN: {"trouvés": 1}},
        ),
        # What is alike on both sides of what is missing is taken for a double.
        (
            "R63",
            "PA",
            "02:00=5 02:30-7 02:00=5 02:30-8",
            {"ligne_manquante": {"manqués": 1}, SAIN: {"manqués": 1}},
        ),
        (
            "R63",
            "PA",
            "02:00+5 02:30-7 02:00+5 02:30-8",
            {"ligne_manquante": {"manqués": 1}, "ligne_doublee": {"manqués": 1}},
        ),
        ("R63", "PA", "02:00+5 02:00+6", {"ligne_doublee": {"trouvés": 1}}),
        ("R63", "PA", "02:00+5 02:00+5", {"ligne_doublee": {"manqués": 1}}),
    ],
)
def test_the_hour_that_autumn_lives_twice(
    flux: str, registre: str, lines: str, expected: dict[str, dict[str, int]]
) -> None:
    """Lines as they are written, `-` not, `+` twice, are scored as is expected of a month."""
    points, semes = list[dict[str, str]](), list[Seme]()
    for heure, sign, valeur in re.findall(r"(\S+)([-+=])(\S+)", lines):
        said = P, registre, f"{DEBUT} {heure}:00", valeur
        points += [{"d": said[2], "v": valeur}] * "-=+".index(sign)
        if sign != "=":
            classe, ecrit = ("ligne_doublee", valeur) if sign == "+" else ("ligne_manquante", None)
            semes.append(Seme(1, classe, "ligne", *said, ecrit))
    grandeur = {"grandeurPhysique": registre, "points": points}
    mesures = [{"idPrm": P, "grandeur": [grandeur]}]
    content = json.dumps({"header": {"codeFlux": flux}, "mesures": mesures}).encode()
    verite, rows = Verite(), parse({f"{flux}.json": content})
    verite.add(flux, flux, content, semes)
    planted = {key_of(flux, P, registre, str(each.horodate)): {each.classe} for each in semes}
    assert score(verite, map(json.dumps, rows)).issues == expected
    assert expected_of(rows, planted) == expected


@pytest.mark.parametrize(
    ("written", "read", "expected"),
    [
        # Where files tell both hours apart, who doesn't finds each by its value, then by its turn.
        ("78", "87", {"trouvés": 2}),
        ("77", "77", {"trouvés": 2}),
        ("78", "8", {"trouvés": 1, "manqués": 1}),
    ],
)
def test_both_hours_are_found_by_who_does_not_tell_them_apart(
    written: str, read: str, expected: dict[str, int]
) -> None:
    both = verite("R50", "PA", "2024-10-27T02:30:00+02:00", written[0])
    both.valeurs.update(verite("R50", "PA", "2024-10-27T02:30:00+01:00", written[1]).valeurs)
    both.fichiers.clear()
    rows = [f"{P};PA;2024-10-27 02:30:00;{valeur}" for valeur in read]
    assert score(both, ["point;registre;horodate;valeur", *rows]).issues == {SAIN: expected}


@pytest.mark.parametrize(
    ("heure", "files", "read"),
    [("02:30", ["78", "78"], "78"), ("12:00", ["5", "6"], "6"), ("12:00", ["5", "6"], "5")],
)
def test_what_files_say_again_is_read_once(heure: str, files: list[str], read: str) -> None:
    """Of an hour that is lived once any of the values that files gave it is enough."""
    resent = Verite()
    for nom, valeurs in enumerate(files):
        points = [{"d": f"{DEBUT} {heure}:00", "v": valeur} for valeur in valeurs]
        mesures = [{"idPrm": P, "grandeur": [{"grandeurPhysique": "PA", "points": points}]}]
        content = json.dumps({"header": {"codeFlux": "R63"}, "mesures": mesures}).encode()
        resent.add(str(nom), "R63", content, [])
    rows = [f"{P};PA;{DEBUT} {heure}:00;{valeur}" for valeur in read]
    made = score(resent, ["point;registre;horodate;valeur", *rows])
    assert made.issues == {SAIN: {"trouvés": 1}}


@pytest.mark.parametrize("said", [LINE, "ERDF_R50_a_00002"])
@pytest.mark.parametrize(
    ("defaut", "expected"),
    [
        ("manquant", {"manquant": {"trouvés": 1}}),
        ("fichier_vide", {"manquant": {"manqués": 1}, "fichier_vide": {"inventés": 1}}),
    ],
)
def test_a_file_is_named_whole_or_by_its_beginning(
    said: str, defaut: str, expected: dict[str, dict[str, int]]
) -> None:
    made = score(SICK, [json.dumps({"fichier": said, "defaut": defaut})])
    del made.issues["index_fou"]
    assert made.issues == expected


def test_unknown_columns_points_and_flux_are_said_line_by_line() -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, [*COLONNES, "couleur"])
    writer.writeheader()
    good = {"point": P, "registre": "PA", "horodate": "2024-07-01 00:30:00", "valeur": "12"}
    writer.writerows(
        [good, {**good, "point": Q}, {**good, "horodate": ""}, {**good, "flux": "R171"}]
    )
    column, *others = score(TRUTH, io.StringIO(out.getvalue(), "")).lignes
    assert column.startswith("ligne 2 : la colonne couleur est inconnue")
    assert others == [
        f"ligne 3 : le point {Q} est inconnu",
        "ligne 4 : il manque horodate",
        "ligne 5 : le flux R171 n'a aucun fichier",
    ]


@pytest.mark.parametrize("text", ["", "a;b\n1;2\n", "{", "\x00", "point;registre\n"])
def test_what_has_no_row_that_can_be_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Aucune ligne"):
        score(TRUTH, io.StringIO(text))


def test_the_command_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "lu.csv").write_bytes(b"\xff\xfe")
    for nom in ("lu.csv", "absent.csv"):
        made = run_command(
            "flux", "score", "--lu", str(tmp_path / nom), "--data-dir", str(tmp_path)
        )
        assert (made.returncode, made.stdout) == (2, "")
        assert nom in made.stderr

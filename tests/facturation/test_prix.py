"""Grids of prices: those of TURPE 7, and those of a user, refused with each line that is wrong."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sge_sim.errors import UsageError
from sge_sim.facturation.prix import Hypotheses, given_grilles, known_grilles


@pytest.mark.documented("CRE 2026-105: each coefficient of the year before by 1.0304")
def test_the_grid_of_2026_is_that_of_2025_by_its_coefficient() -> None:
    before, after = known_grilles().grilles
    common = after.prix.keys() & before.prix.keys()
    for key in common:
        if not key.startswith("prestations"):
            computed = (before.prix[key] * Decimal("1.0304")).quantize(Decimal("0.01"))
            assert abs(after.prix[key] - computed) <= Decimal("0.01"), key
    segments = [each for each in before.prix if each.startswith(("c5", "c4"))]
    assert common >= {*segments}


def test_grids_have_their_days() -> None:
    grilles = known_grilles()
    assert grilles.on(date(2026, 7, 31)).price("c5.comptage") == Decimal("22.00")
    assert grilles.on(date(2026, 8, 1)).price("c5.gestion") == Decimal("17.31")
    assert grilles.changes(date(2026, 7, 31), date(2026, 8, 1)) == set()
    assert grilles.changes(date(2026, 7, 31), date(2026, 8, 2)) == {date(2026, 8, 1)}


def test_a_user_completes_a_grid_and_sets_what_is_assumed(tmp_path: Path) -> None:
    file = tmp_path / "g.yaml"
    file.write_text(
        "grilles:\n- {nom: mine, debut: 2026-08-01, source: a letter, c5: {gestion: 17.28},\n"
        "   prestations: {F120BOCM: 30}}\nregles: {tva: 10, annee: '365', gestion_client: true}\n"
    )
    grilles, regles = given_grilles(file)
    grille = grilles.on(date(2026, 9, 1))
    assert (grille.price("c5.gestion"), grille.price("c5.comptage")) == (
        Decimal("17.28"),
        Decimal("22.67"),
    )
    assert (regles.tva, regles.annee, regles.gestion_client) == (Decimal(10), "365", True)
    assert known_grilles().on(date(2026, 9, 1)).price("c5.gestion") == Decimal("17.31")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "ligne 2 : le YAML est illisible"),
        ("- 1", "ligne 1, une liste « grilles »"),
        ("grilles: [3]", "ligne 1"),
        ("grilles: [&a {c5: *a}]", "alias"),
        ("regles: {machin: 1}", "machin : règle inconnue"),
        ("regles: {tva: [1]}", "une valeur est attendue"),
        ("regles:\n  tva: cent", "ligne 2, tva : « cent » ne convient pas"),
        ("regles: {reprise: montant}", "parmi prix, quantite"),
        (
            "grilles:\n- nom: a\n  c5: {gestion: '1'}",
            "ligne 3, cette grille n'a pas de debut ni de s",
        ),
        ("grilles:\n- {nom: a, source: b, debut: 2025-02-30}", "ligne 2, debut : « 2025-02-30 »"),
        ("grilles:\n- {c5: {gestoin: 1}}", "ligne 2, c5.gestoin : aucun prix"),
        ("grilles:\n- {c5: {gestion: '1,5'}}", "« 1,5 » n'est pas un prix comme 16.80"),
        ("grilles:\n- {c5: {gestion: .inf}}", "n'est pas un prix"),
        ("grilles:\n- {c5: {soutirage: {BTINFCU4: {variable: {HP: 1}}}}}", "variable.HP : aucun"),
        ("grilles:\n- {c5.soutirage.BTINFXX.fixe: 1}", "BTINFXX.fixe : aucun prix"),
        ("grilles:\n- {c5: {soutirage: {BTINFXX: {fixe: 1}}}}", "BTINFXX.fixe : aucun prix"),
        (
            "grilles:\n- {nom: a, source: b, debut: 2024-01-01}\n"
            "- {nom: a, source: b, debut: 2024-01-01}",
            "2 grilles commencent le 2024-01-01",
        ),
    ],
)
def test_a_wrong_grid_is_refused(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "g.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"^g\.yaml") as refused:
        given_grilles(file)
    assert said in str(refused.value)


def test_all_wrong_lines_are_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "g.yaml"
    file.write_text("grilles:\n- c5:\n    gestion: x\n    comptage: y\nregles: {annee: 1}\n")
    with pytest.raises(UsageError, match=r"ligne 3.*ligne 4.*ligne 5.*n'a pas de nom"):
        given_grilles(file)


def test_the_page_has_every_price_of_low_voltage() -> None:
    page = (Path(__file__).parents[2] / "docs" / "factures.md").read_text("utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| BTINF")]
    for rank, grille in zip((2, 4), known_grilles().grilles, strict=True):
        for key, price in grille.prix.items():
            text = f"{price:.2f}".replace(".", ",")
            if key.startswith("c5.soutirage"):
                fta = key.split(".")[2]
                mine = [row for row in rows if row[1].split(",")[0].strip() == fta]
                cells = [cell for row in mine for cell in row[rank : rank + 2]]
                assert any(text in cell for cell in cells), key
            elif key.startswith(("c4", "c5")):
                assert text in page, key
    assert all(f"`{each.name}`" in page for each in fields(Hypotheses))

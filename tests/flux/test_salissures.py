"""Dirty files: what pannes put into them is told with what was true, and nothing else changes."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from everything_kit import segments_of, subscribe_all
from flux_cases import DEBUT, a_file_of_each_kind
from flux_kit import JOUR
from made_states import copy_state
from publication_kit import INDEX_C5, at, open_platform

from sge_sim.domaine.pannes import Panne
from sge_sim.domaine.sortes import SORTES
from sge_sim.flux.lecteur import form_of
from sge_sim.flux.lignes import lignes_of
from sge_sim.flux.ouverture import MembreLu, read_document, read_documents, read_members
from sge_sim.flux.salissures import Seme, faithful_pannes, salir
from sge_sim.operations import State
from sge_sim.operations.flux import list_defauts
from sge_sim.operations.pannes import plan as plan_panne

UNITE = re.compile(r"\bk?(Wh?|VA(?:r|rh|Rh)?)\b")
CONTENU = [nom for nom, sorte in SORTES.items() if sorte.contenu not in ("", "element")]
"""Those of elements strike the files of a GRD-F contract: `test_contrat_grd.py`."""


@pytest.fixture(scope="module")
def every_file(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files of every kind, clean."""
    return a_file_of_each_kind(tmp_path_factory)


def plan(sorte: str, probabilite: float | None = None, **said: Any) -> Panne:
    nombre = SORTES[sorte].nombre.get("defaut")
    return Panne(numero=1, sorte=sorte, au=9, probabilite=probabilite, **{"nombre": nombre, **said})


def dirtied(files: dict[str, bytes], panne: Panne) -> Iterator[tuple[str, bytes, list[Seme]]]:
    for nom, content in files.items():
        dirty, semes = salir([panne], nom, content)
        assert (dirty == content) is not bool(semes)
        if semes:
            yield nom, dirty, semes


@pytest.mark.parametrize("sorte", CONTENU)
def test_each_sort_strikes_files_and_tells_what_was_true(
    every_file: dict[str, bytes], sorte: str
) -> None:
    said = {} if SORTES[sorte].contenu != "index" else {"debut": at(DEBUT, 0)}
    planned = plan(sorte, 0.1 if SORTES[sorte].contenu == "ligne" else None, **said)
    found = list(dirtied(every_file, planned))
    assert found
    for nom, dirty, semes in found:
        assert {each.classe for each in semes} == {sorte}
        if SORTES[sorte].contenu != "fichier":
            assert all(each.vrai != each.ecrit or each.champ == "ligne" for each in semes)
            assert len(list(read_documents(nom, dirty))) >= 1
    nom, *again = min(found, key=lambda each: len(each[1]))
    assert again == [*salir([planned], nom, every_file[nom])]


LIGNES = ["ligne_manquante", "ligne_doublee", "ligne_deplacee"]


@pytest.fixture(scope="module")
def clean_lines(every_file: dict[str, bytes]) -> dict[str, Counter[tuple[Any, ...]]]:
    return {nom: Counter(lines_of(content)) for nom, content in every_file.items()}


@pytest.mark.parametrize("sortes", [*([sorte] for sorte in LIGNES), ["index_fou"], LIGNES])
def test_what_is_put_back_is_the_clean_file(
    every_file: dict[str, bytes],
    clean_lines: dict[str, Counter[tuple[Any, ...]]],
    sortes: list[str],
) -> None:
    """Only the lines that are told differ, however many plans there are."""
    plans = [
        plan(sorte, debut=at(DEBUT, 0)) if sorte == "index_fou" else plan(sorte, 0.2)
        for sorte in sortes
    ]
    hit: dict[str, set[Any]] = {sorte: set() for sorte in sortes}
    for nom, content in every_file.items():
        dirty, semes = salir(plans, nom, content)
        after = Counter(lines_of(dirty))
        for each in semes:
            key = each.prm, each.registre, each.horodate
            hit[each.classe].add((nom, *key))
            if each.ecrit is None:
                after[*key, each.vrai] += 1
            elif each.champ == "valeur":
                after[*key, each.ecrit] -= 1
                after[*key, each.vrai] += 1
            elif each.classe == "ligne_doublee":
                after[*key, each.ecrit] -= 1
        assert +after == clean_lines[nom], nom
    # A line has a single one of them, and each sort its own.
    assert sum(map(len, hit.values())) == len(set.union(*hit.values()))
    assert all(len(keys) > 100 for sorte, keys in hit.items() if sorte != "index_fou")


def test_what_is_not_changed_is_written_as_it_was(every_file: dict[str, bytes]) -> None:
    found = [*dirtied(every_file, plan("unite_fausse"))]
    assert len(found) > 8
    for nom, dirty, _ in found:
        (clean, text) = (
            [
                UNITE.sub("", each.content.decode())
                for each in read_members(MembreLu((nom,), content))
            ]
            for content in (every_file[nom], dirty)
        )
        assert clean == text, nom


def lines_of(content: bytes) -> Iterator[tuple[Any, ...]]:
    for membre in read_members(MembreLu(("x",), content)):
        kind, _, root = read_document(membre.noms[-1], membre.content)
        forme = form_of(kind, root)
        assert forme is not None
        for ligne in lignes_of(forme, forme.as_tree(root)[0]):
            if ligne.valeur is not None:
                yield ligne.prm, ligne.registre, ligne.horodate, ligne.valeur


@pytest.mark.observed("electricore, R151 of 10/2025; R67: 1 of 403 windows")
def test_the_profile_fidele_has_the_observed_shares() -> None:
    shares = {panne.sorte: panne.probabilite for panne in faithful_pannes()}
    assert shares == {
        "calendrier_inconnu": 0.007,
        "calendrier_dn999999": 0.0001,
        "index_fou": 0.00125,
        "contextes_chevauches": 0.0025,
    }


def test_a_plan_dirties_what_is_published_and_the_state_tells(tmp_path: Path) -> None:
    copy_state(tmp_path, {})
    platform = open_platform(tmp_path)
    points = dict(list(segments_of(platform, 2).items())[:9])
    points = {prm: segment for prm, segment in points.items() if segment == "C5"}
    subscribe_all(platform, points, daily=True, debut=DEBUT)
    state = State(platform.data_dir, platform.database)
    plan_panne(state, sorte="fichier_vide", service="R50", au=1)
    plan_panne(state, sorte="ligne_manquante", service="R50", probabilite=0.1)
    platform.catch_up(at(DEBUT + 3 * JOUR))
    told = list_defauts(state, limit=1000)
    assert {each.classe for each in told} == {"fichier_vide", "ligne_manquante"}
    assert {each.flux for each in told} == {"R50"}
    (empty,) = [nom for nom, content in platform.ready().items() if not content]
    assert [each.fichier for each in told if each.classe == "fichier_vide"] == [empty]
    assert all(each.vrai and each.prm for each in told if each.champ == "ligne")
    platform.close()


@pytest.mark.observed("electricore, R151 of 10/2025: 0.70 % of the lines")
def test_the_profile_fidele_dirties_and_the_nominal_one_does_not(tmp_path: Path) -> None:
    copy_state(tmp_path, {})
    platform = open_platform(tmp_path)
    index = replace(INDEX_C5, periodicite="P1D", date_debut=DEBUT, date_fin=None)
    for prm, segment in segments_of(platform, 9).items():
        if segment == "C5":
            platform.subscribe(prm, index, at(DEBUT))
    state = State(platform.data_dir, platform.database)
    platform.publisher.catch_up(at(DEBUT + 10 * JOUR))
    assert list_defauts(state) == []
    replace(platform.publisher, salit=True).catch_up(at(DEBUT + 90 * JOUR))
    told = list_defauts(state, limit=1000)
    assert {each.panne for each in told} == {0}
    assert "calendrier_inconnu" in {each.classe for each in told}
    assert {each.classe for each in told} <= {panne.sorte for panne in faithful_pannes()}
    platform.close()

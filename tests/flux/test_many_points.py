"""Publications of many points: cut into files, made by several processes, listed by their first
points.
"""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flux_kit import JOUR, texts, tree
from publication_kit import (
    C4,
    C5,
    C5_BIS,
    CONTRAT,
    COURBE_C4,
    COURBE_C5,
    INDEX_C4,
    INDEX_C5,
    JOUR_1,
    P4,
    Platform,
    at,
    new_platform,
    of,
)
from r6x_kit import add_kinds, order, publish
from sqlalchemy import inspect

from sge_sim.api.flux import FichierView
from sge_sim.domaine.prm import generate
from sge_sim.flux import abonnements, fabrication, parallele, publication
from sge_sim.flux.parallele import Equipe
from sge_sim.flux.periodes import Frequence
from sge_sim.flux.r50.flux import R50
from sge_sim.flux.r151.flux import R151
from sge_sim.machine import monde
from sge_sim.tables.flux import FichierFlux, Publication, find_fichiers


def one_point_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for flux in (R50, R151):
        for frequence in (Frequence.QUOTIDIENNE, Frequence.MENSUELLE):
            monkeypatch.setitem(flux.cause.points_par_fichier, frequence, 1)


def subscribe_both(platform: Platform) -> None:
    for prm in (C5_BIS, C5):
        for souscription in (COURBE_C5, INDEX_C5):
            platform.subscribe(prm, souscription)


@pytest.mark.documented("guides R50 and R151: so many points in a file")
@pytest.mark.parametrize("flux", ["R50", "R151"])
def test_files_are_numbered_within_their_publication(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, flux: str
) -> None:
    one_point_in_a_file(monkeypatch)
    subscribe_both(platform)
    platform.catch_up(at(JOUR_1 + 2 * JOUR))
    names = [nom.split("_") for nom in platform.ready() if f"_{flux}_" in nom]
    assert [parts[7:9] for parts in names] == [["00001", "00002"], ["00002", "00002"]]
    assert len({parts[5] for parts in names}) == 1
    assert [texts(tree(one).iter("Id_PRM")) for one in of(platform, flux)] == [[C5], [C5_BIS]]


@pytest.mark.documented("guides R50 v2.2.0 and R151 v2.3.1: so many points, not orders, in a file")
def test_a_point_is_never_cut_between_two_files(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_point_in_a_file(monkeypatch)
    monthly = replace(COURBE_C5, periodicite="P1M")
    platform.subscribe(C5, monthly)
    platform.subscribe(C5_BIS, monthly)
    renewal = at(JOUR_1 + 3 * JOUR)
    platform.subscribe(C5, replace(monthly, date_debut=renewal.date(), date_fin=None), renewal)
    platform.catch_up(at(date(2024, 11, 7)))
    xmls = [tree(one) for one in of(platform, "R50")]
    assert [texts(one.iter("Id_PRM")) for one in xmls] == [[C5], [C5_BIS]]
    assert len(set(texts(xmls[0].iter("Id_Affaire")))) == 2


def test_several_processes_make_the_same_files_as_one(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of every kind, the cases of one instant too; refusals of M023 stay where they were."""
    one_point_in_a_file(monkeypatch)
    others = {cores: new_platform(tmp_path / str(cores), workers=None) for cores in (1, 2)}
    for one in (platform, *others.values()):
        add_kinds(one)
        subscribe_both(one)
        one.subscribe(C4, COURBE_C4)
        one.subscribe(C4, INDEX_C4)
        for prm in (C5, C4):
            one.historique(prm, "CDC", JOUR_1 - 9 * JOUR, JOUR_1, at(JOUR_1))
        one.infra_j(C4, at(JOUR_1))
        for prm in (C5, P4):
            publish(one, prm, "COURBE", "P1D", JOUR_1, False)
        order(one, "R63", [C5, "9" * 14, C5_BIS], JOUR_1 - 9 * JOUR, JOUR_1, at(JOUR_1))
    platform.catch_up(at(JOUR_1 + 2 * JOUR))
    for module in (abonnements, fabrication):
        monkeypatch.setattr(module, "PARTS_FOR_EQUIPE", 1)
    monkeypatch.setattr(parallele, "_POINTS_AT_ONCE", 1)
    started, shared = [], []
    start, run = monde.spawn, Equipe.share

    def counted(*asked: Any) -> Any:
        started.append(asked)
        return start(*asked)

    def noted(self: Equipe, session: Any, work: Any, jobs: Any) -> Any:
        shared.append(work.__name__)
        return run(self, session, work, jobs)

    monkeypatch.setattr(monde, "spawn", counted)
    monkeypatch.setattr(Equipe, "share", noted)
    assert {nom.split("_")[1] for nom in platform.ready()} >= {"R63", "R63B", "R171", "SGE", "IFJ"}
    for cores, other in others.items():
        shared.clear()
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid, cores=cores: set(range(cores)))
        other.catch_up(at(JOUR_1 + 2 * JOUR))
        assert len(started) == cores - 1, "all of them are made by the same processes"
        assert set(shared) == {"_serial_files", "_membres", "_whole_files", "_texts"}
        assert other.ready() == platform.ready()
        other.close()


def test_files_of_the_same_points_are_made_together(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is found of a point serves both; they are the files that each would have been alone."""
    one_point_in_a_file(monkeypatch)
    together: list[list[str]] = []
    make = abonnements._serial_files

    def noted(session: Any, fabriques: Any, *part: Any) -> Any:
        together.append([fabrique.flux.code for fabrique in fabriques])
        return make(session, fabriques, *part)

    monkeypatch.setattr(abonnements, "_serial_files", noted)
    apart = new_platform(tmp_path / "apart")
    for most, each, made in ((40, platform, [["R50", "R151"]]), (1, apart, [["R50"], ["R151"]])):
        monkeypatch.setattr(abonnements, "_PARTS_AHEAD", most)
        together.clear()
        subscribe_both(each)
        each.catch_up(at(JOUR_1 + 2 * JOUR))
        assert together == [fluxes for fluxes in made for _point in (C5, C5_BIS)]
    assert apart.ready() == platform.ready()
    apart.close()


def test_what_is_due_is_looked_for_again_only_when_something_may_be(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The back office asks every second, of thousands of services."""
    publisher, looked = platform.publisher, []
    real = publication.read_due

    def read_due(*asked: Any, **named: Any) -> Any:
        looked.append(asked)
        return real(*asked, **named)

    monkeypatch.setattr(publication, "read_due", read_due)
    platform.subscribe(C5, COURBE_C5)
    noon = at(JOUR_1 + JOUR)
    for after in (timedelta(0), timedelta(seconds=1), timedelta(hours=5, minutes=59)):
        assert publisher.catch_up(noon + after) == 0
    assert len(looked) == 1
    platform.historique(C5, "CDC", date(2024, 10, 1), JOUR_1, noon)
    assert publisher.catch_up(noon + timedelta(seconds=2)) == 1
    assert publisher.catch_up(at(JOUR_1 + 2 * JOUR, 3)) == 1


def add_file(platform: Platform, nom: str, *prms: str) -> None:
    with platform.database.transaction() as session:
        publication = Publication(
            flux="R50", contrat_id=CONTRAT, instant=at(date(2024, 11, 20)), emise=True
        )
        file = FichierFlux(
            contrat_id=CONTRAT,
            nom=nom,
            prms=" ".join(prms),
            taille=1,
            sha256="0" * 64,
            chemin=nom,
            etat="livre",
            publication=publication,
        )
        session.add(file)


def test_the_points_of_a_large_file_are_neither_read_nor_listed(platform: Platform) -> None:
    many = [generate("301", number) for number in range(3000)]
    for nom, prms in (("many", many), ("one", [C5]), ("none", [])):
        add_file(platform, nom, *prms)
    with platform.database.sessions() as session:
        found = find_fichiers(session)
        assert all("prms" in inspect(file).unloaded for file in found)
        views = {file.nom: FichierView.of(file) for file in found}
    assert (views["many"].nombre_points, views["many"].points) == (3000, many[:50])
    assert (views["one"].nombre_points, views["one"].points) == (1, [C5])
    assert (views["none"].nombre_points, views["none"].points) == (0, [])

"""`docs/r6x.md` tells each field that the files have, and counts them by provenance."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flux_kit import perdu
from in_process import simulator_in_process
from publication_kit import C4, C5, P4, Platform, at, new_platform
from r6x_kit import (
    SENS,
    add_kinds,
    archives_of,
    data_and_report,
    demand,
    documents,
    order,
    parse_nom,
    publish,
    replace_compteur,
)
from sqlalchemy import select

from sge_sim.facts.lecture import read_dossier
from sge_sim.flux.r6x.situation import situation_tree
from sge_sim.flux.r6x.visibilite import Visibilite, declared
from sge_sim.tables.mesures import Trou
from sge_sim.tables.points import Point
from sge_sim.tables.prepared import Driver

PAGE = (Path(__file__).parents[2] / "docs/r6x.md").read_text("utf-8")
ROW = re.compile(r"\| `([\w.]+)` \| .+ \| (observé|documenté|supposé) \|")
NOW = at(date(2024, 11, 20))


def told(title: str) -> dict[str, str]:
    """The provenance of each field of a section."""
    (section,) = re.findall(rf"^### {title}.*?$(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    rows = [ROW.fullmatch(line) for line in section.splitlines() if line.startswith("| `")]
    assert all(rows)
    return {row[1]: row[2] for row in rows if row is not None}


def fields(tree: Any, above: str = "") -> Iterator[str]:
    """The paths of the values of a document, whatever lists they are in."""
    if isinstance(tree, list):
        for one in tree:
            yield from fields(one, above)
    elif isinstance(tree, dict):
        for name, one in tree.items():
            yield from fields(one, f"{above}.{name}" if above else name)
    else:
        yield above


def written(platform: Platform) -> dict[str, set[str]]:
    """What the writers write of every kind of point, on demand and recurrently, by file."""
    add_kinds(platform)
    with platform.database.transaction() as session:
        lost = perdu(date(2024, 10, 20), (8, 9))
        session.add(Trou(prm=C4, debut=lost.debut, fin=lost.fin))
        replace_compteur(session, C5, date(2024, 10, 20))
    found: dict[str, set[str]] = {}
    for flux in ("R63", "R64", "R65", "R66", "R67"):
        days = (date(2024, 1, 1) if flux == "R67" else date(2024, 10, 18), date(2024, 10, 22))
        for sens in ("SOUTIRAGE", "INJECTION"):
            prms = [prm for prm, one in SENS.items() if one == sens]
            affaire = demand(platform, flux, prms, *days, NOW, sens=sens, corrigees=True)
            data, report = data_and_report(platform, affaire)
            found.setdefault(flux, set()).update(fields(data))
            found.setdefault("CR.M023", set()).update(fields(report))
    for prm, type_ in ((C5, "INDEX"), (C4, "COURBE"), (P4, "PMAX")):
        corrigees = False if type_ == "COURBE" else None
        publish(platform, prm, type_, "P1D", date(2024, 11, 18), corrigees)
    platform.catch_up(NOW)
    for flux in ("R63A", "R64B", "R66B"):
        for nom, content in archives_of(platform, f"ENEDIS_{flux}_").items():
            for _, tree in documents(content, nom):
                found[flux[:3]] |= set(fields(tree))
    return found


@pytest.mark.documented("GUI 0503: the fields of its files; the page counts ours")
def test_the_page_tells_the_fields_of_r63_to_r67_and_of_the_report(platform: Platform) -> None:
    found = written(platform)
    heads = {one for each in found.values() for one in each if one.startswith(("header", "echean"))}
    assert heads == set(told("Header"))
    for flux, each in found.items():
        assert each - heads == set(told(flux)), flux


@pytest.mark.documented("GUI 0504: the fields of C68; the page counts ours")
def test_the_page_tells_the_fields_of_c68(tmp_path: Path) -> None:
    found = set()
    with (
        simulator_in_process(tmp_path, population_size=0) as opened,
        opened.simulator.database.sessions() as session,
    ):
        driver = Driver.under(session)
        for prm in session.scalars(select(Point.prm)):
            dossier = read_dossier(driver, prm)
            found |= set(fields(situation_tree(dossier.point, Visibilite.TITULAIRE)))
    assert found == set(told("C68"))
    blocks = {
        name.partition(".")[0] for each in ("titulaire", "accord") for name in declared()[each]
    }
    assert blocks - {name.partition(".")[0] for name in found} == {
        *("rattachements", "optionsContractuelles", "installationsProduction")
    }, "what no point of the data set has"


def changes(nominal: Any, faithful: Any, name: str = "") -> Iterator[str]:
    """The names of the values that differ in two documents."""
    if isinstance(nominal, dict):
        for each, value in nominal.items():
            yield from changes(value, faithful[each], each)
    elif isinstance(nominal, list):
        for element, other in zip(nominal, faithful, strict=True):
            yield from changes(element, other, name)
    elif nominal != faithful:
        yield name


@pytest.mark.observed("production files of June 2026: the requester, the label")
def test_the_page_tells_what_a_faithful_platform_changes(tmp_path: Path) -> None:
    begun = date(2024, 11, 1)
    made: list[dict[str, Any]] = []
    for late in (False, True):
        platform = new_platform(tmp_path / str(late), late=late)
        add_kinds(platform)
        for type_ in ("COURBE", "INDEX", "PMAX"):
            publish(platform, C5, type_, "P1D", begun)
        for type_ in ("COURBE", "INDEX"):
            publish(platform, C4, type_, "P1D", begun, False if type_ == "COURBE" else None)
        now = at(begun + timedelta(2))
        for flux in ("R63", "R64", "R65", "R66", "R67", "C68"):
            days = (date(2024, 1, 1) if flux == "R67" else begun, begun + timedelta(1))
            order(platform, flux, [C5], *((None, None) if flux == "C68" else days), now)
        platform.catch_up(now)
        found: dict[str, Any] = {}
        for nom, content in platform.ready().items():
            file = "CR.M023" if parse_nom(nom).rapport else parse_nom(nom).flux
            if file not in found:
                ((_, found[file]),) = documents(content, nom)
        made.append(found)
    (section,) = re.findall(r"^## Ce que `fidele` change$(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (R6.+|C68.+) \| (.*) \| (.+) \| .*\|$", section, re.MULTILINE)
    told_of = {file: row for row in rows for file in row[0].split(", ")}
    assert told_of.keys() == made[0].keys() == made[1].keys()
    for file, nominal in made[0].items():
        names = set(changes(nominal, made[1][file]))
        _, guides, faithful = told_of[file]
        assert (faithful == "rien") is not names, file
        if "DI000003" in str(nominal):
            assert names == {"siDemandeur", "libelleCalendrier"}, file
            assert "libelleCalendrier" in guides, file
        elif names:
            assert names == {"siDemandeur"}, file


def test_the_page_counts_the_fields_by_provenance() -> None:
    titles = ("Header", "R63", "R64", "R65", "R66", "R67", "C68", "CR.M023")
    counts = Counter(one for title in titles for one in told(title).values())
    assert (
        f"{counts.total()} champs sont écrits : {counts['observé']} observés, "
        f"{counts['documenté']} documentés, {counts['supposé']} supposés."
    ) in PAGE

"""Recurrent files of access services: by day of transaction, their values those on demand."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flux_kit import JOUR
from publication_kit import C2, C4, C5, C5_BIS, CONTRAT, P4, Platform, at
from r6x_kit import (
    SENS,
    add_kinds,
    archives_of,
    data_and_report,
    demand,
    documents,
    parse_nom,
    publish,
    series_of,
)

from sge_sim.clock import legal_date, start_of_day
from sge_sim.flux.retards import retard
from sge_sim.tables.acces import OptionPublication

DEBUT = date(2024, 10, 21)  # a Monday
AUTOMNE, PRINTEMPS = date(2024, 10, 26), date(2024, 3, 30)
DAYS = 7
"""From either day, over a change of the clock and the end of a month."""


@pytest.fixture
def platform(platform: Platform) -> Platform:
    """A platform with a point of each kind."""
    add_kinds(platform)
    return platform


def trees(platform: Platform, flux: str) -> list[tuple[str, Any]]:
    """Names of the archives of a flux and what they hold, oldest first."""
    return [
        (nom, tree)
        for nom, content in archives_of(platform, f"ENEDIS_{flux}_").items()
        for _, tree in documents(content, nom)
    ]


@pytest.mark.documented("GUI 0503 §1.1.3: every day, the data stored in the last 24 hours")
@pytest.mark.parametrize(
    ("flux", "type_", "prm", "debut"),
    [
        ("R63B", "COURBE", C5, AUTOMNE),
        ("R63B", "COURBE", P4, PRINTEMPS),
        ("R64B", "INDEX", C5, PRINTEMPS),
        ("R66B", "PMAX", P4, AUTOMNE),
        ("R63A", "COURBE", C4, PRINTEMPS),
        ("R63A", "COURBE", C2, AUTOMNE),
        ("R64A", "INDEX", C4, AUTOMNE),
    ],
)
def test_daily_files_hold_what_a_demand_holds(
    platform: Platform, flux: str, type_: Any, prm: str, debut: date
) -> None:
    publish(platform, prm, type_, "P1D", debut, False if type_ == "COURBE" else None)
    until = debut + DAYS * JOUR
    platform.catch_up(at(until))
    found = trees(platform, flux)
    assert [parse_nom(nom).sequence for nom, _ in found] == list(range(1, DAYS + 1))
    nom, first = found[0]
    assert parse_nom(nom).contrat == CONTRAT
    assert first["header"]["modePublication"] == "Q"
    leaves = f"{debut + JOUR} 08:00:00"
    assert first["echeances"] == {"type": "filEau", "horodateDebutPublication": leaves}
    window = {"dateDebut": f"{debut} 08:00:00", "dateFin": leaves}
    assert first["mesures"][0]["periode"] == window
    index = type_ == "INDEX"
    days = (debut + JOUR, until + JOUR) if index else (debut, until)
    affaire = demand(platform, flux[:3], [prm], *days, at(until + 2 * JOUR), sens=SENS[prm])
    (asked,), _ = data_and_report(platform, affaire)
    if index:
        assert _readings(tree for _, tree in found) == _readings([asked])
        return
    for grandeur in asked["mesures"][0]["grandeur"]:
        name = grandeur["grandeurPhysique"]
        joined = [each for _, tree in found for each in series_of(tree, prm, name)]
        assert len(joined) >= DAYS
        assert joined == series_of(asked, prm, name)


@pytest.mark.documented("GUI 0503 §2.3: each point of a file has its own curve")
def test_points_of_a_daily_file_have_the_curves_of_their_own(platform: Platform) -> None:
    prms = (C5, C5_BIS)
    for prm in prms:
        publish(platform, prm, "COURBE", "P1D", DEBUT, False)
    platform.catch_up(at(DEBUT + JOUR))
    ((nom, daily),) = trees(platform, "R63B")
    assert parse_nom(nom).demande == "RT3TYGYM"
    assert re.fullmatch(r"CTR\d{6}", daily["header"]["idPublication"])
    assert [mesure["idPrm"] for mesure in daily["mesures"]] == sorted(prms)
    first, other = (series_of(daily, prm, "PA") for prm in prms)
    assert first != other
    for days in (1, 2):  # many points of one day are read together, those of two each alone
        fin = DEBUT + days * JOUR
        affaire = demand(platform, "R63", prms, DEBUT, fin, at(DEBUT + 3 * JOUR))
        (asked,), _ = data_and_report(platform, affaire)
        assert [first, other] == [series_of(asked, prm, "PA")[:48] for prm in prms]


def _readings(found: Any) -> list[tuple[str, int]]:
    return sorted(
        (lu["d"], lu["v"])
        for tree in found
        for contexte in tree["mesures"][0]["contexte"]
        for grandeur in contexte["grandeur"]
        for calendrier in grandeur["calendrier"]
        for classe in calendrier["classeTemporelle"]
        for lu in classe["valeur"]
    )


@pytest.mark.documented("GUI 0503 §1: curves of a week or a month are grouped by nature too")
def test_weekly_curves_of_large_points_come_by_nature(platform: Platform) -> None:
    for corrigees in (False, True):
        publish(platform, C4, "COURBE", "P7D", DEBUT, corrigees)
    platform.catch_up(at(DEBUT + 14 * JOUR, 19))
    found = trees(platform, "R63A")
    etapes = [tree["mesures"][0]["etapeMetier"] for _, tree in found]
    assert sorted(etapes) == ["BEST", "BEST", "BRUT", "BRUT"]
    identifiers = {tree["header"]["idPublication"] for _, tree in found}
    assert len(identifiers) == 2
    week = next(tree for _, tree in found if tree["mesures"][0]["etapeMetier"] == "BRUT")
    assert week["echeances"] == {"type": "Immediat"}
    stamps = [d for d, _ in series_of(week, C4, "PA")]
    # What was measured from Monday to Saturday was stored by Sunday.
    assert (stamps[0], stamps[-1][:10]) == ("2024-10-21 00:00:00", "2024-10-26")


@pytest.mark.documented("GUI 0503 §1.1.3: monthly files of R64B and R66B")
@pytest.mark.assumed("the first working day of the next month, at 18:00")
def test_a_monthly_file_leaves_on_the_first_working_day(platform: Platform) -> None:
    publish(platform, C5, "PMAX", "P1M", DEBUT)
    # 1 November is a holiday, 2 and 3 are a week-end.
    platform.catch_up(at(date(2024, 11, 4), 17))
    assert trees(platform, "R66B") == []
    platform.catch_up(at(date(2024, 11, 4), 19))
    ((nom, tree),) = trees(platform, "R66B")
    assert (parse_nom(nom).mode, parse_nom(nom).tampon) == ("M", "20241104180000")
    assert tree["echeances"] == {"type": "Immediat"}
    assert tree["mesures"][0]["periode"] == {
        "dateDebut": "2024-10-01 00:00:00",
        "dateFin": "2024-11-01 00:00:00",
    }
    days = [d[:10] for d, _ in series_of(tree, C5, "PMA")]
    assert (days[0], days[-1]) == ("2024-10-21", "2024-10-30")


@pytest.mark.documented("GUI 0503 §1.1.1: what comes late is in the file of the day it came")
def test_late_days_come_with_the_day_on_which_they_were_stored(platform: Platform) -> None:
    platform.late = True
    publish(platform, C5, "PMAX", "P1D", DEBUT)
    mesure = platform.mesure(C5)
    late = next(jour for jour in (DEBUT + n * JOUR for n in range(2000)) if retard(mesure, jour))
    with platform.database.transaction() as session:
        for option in session.query(OptionPublication):
            option.date_debut = late - JOUR
    came = late + retard(mesure, late) * JOUR
    platform.catch_up(at(came + 2 * JOUR))
    days = {
        nom: [d[:10] for d, _ in series_of(tree, C5, "PMA")]
        for nom, tree in trees(platform, "R66B")
    }
    holding = [nom for nom, stamps in days.items() if late.isoformat() in stamps]
    assert len(holding) == 1
    stored = start_of_day(came + JOUR)
    assert parse_nom(holding[0]).tampon[:8] == f"{legal_date(stored):%Y%m%d}"
    assert days[holding[0]][0] == late.isoformat()


@pytest.mark.assumed("an option that was stopped publishes the days before, nothing after")
def test_an_option_that_was_stopped_publishes_no_later_day(platform: Platform) -> None:
    publish(platform, C5, "PMAX", "P1D", DEBUT)
    end = DEBUT + timedelta(3)
    with platform.database.transaction() as session:
        for option in session.query(OptionPublication):
            option.date_fin = end
    platform.catch_up(at(end + 3 * JOUR))
    found = [d[:10] for _, tree in trees(platform, "R66B") for d, _ in series_of(tree, C5, "PMA")]
    assert found == [(DEBUT + n * JOUR).isoformat() for n in range(3)]


@pytest.mark.observed("production files of June 2026: label, requester, extension")
@pytest.mark.parametrize("faithful", [True, False])
def test_a_faithful_platform_has_the_defects_of_the_real_files(
    platform: Platform, faithful: bool
) -> None:
    platform.late = faithful
    publish(platform, C5, "INDEX", "P1D", DEBUT)
    now = at(DEBUT + 2 * JOUR)
    platform.catch_up(now)
    demand(platform, "R64", [C5], DEBUT, DEBUT + JOUR, now)
    demand(platform, "R67", [C5], date(2024, 1, 1), DEBUT, now)
    extensions, requesters, labels = {}, set(), set()
    for nom, content in platform.ready().items():
        if not parse_nom(nom).rapport:
            ((inner, tree),) = documents(content, nom)
            extensions[parse_nom(nom).flux] = inner.rpartition(".")[2]
            requesters.add(tree["header"]["siDemandeur"])
            labels |= set(_labels_of(tree, "DI000003"))
    assert requesters == {"239" if faithful else "ACM"}
    e_acute, e_grave = ("\u00c3\u00a9", "\u00c3\u00a4") if faithful else ("é", "è")
    assert labels == {f"Avec diff{e_acute}renciation temporelle et saisonni{e_grave}re"}
    assert extensions == {"R64": "JSON", "R64B": "json", "R67": "json"}


def _labels_of(tree: Any, code: str) -> Iterator[str]:
    """The labels of a calendar, wherever it is in a document."""
    if isinstance(tree, dict) and code in (tree.get("idCalendrier"), tree.get("codeCalendrier")):
        yield tree["libelleCalendrier"]
    for one in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _labels_of(one, code)

"""Everything that a platform publishes of points of every kind, over some days."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from flux_kit import JOUR
from publication_kit import COURBE_C4, COURBE_C5, INDEX_C4, INDEX_C5, Platform, at
from r6x_kit import order, publish
from sqlalchemy import select

from sge_sim.domaine.nomenclatures import PETITS, SENS_OF_SEGMENT, Segment
from sge_sim.tables.points import Point

DEBUT = date(2024, 10, 31)
"""A month and a week end within days, whose files leave on the fourth of November."""
FEW = Counter(C5=1, P4=1, C4=1, P3=1)
"""A point of each kind of files."""
IN_SERVICE = Point.etat_contractuel == "SERVC"


def segments_of(
    platform: Platform, points: int = 1, parts: Mapping[str, int] | None = None
) -> dict[str, Segment]:
    """So many points in service of each small segment, one of each large, or so many of each as
    `parts` says, and their segments."""
    query = select(Point.prm, Point.segment).where(IN_SERVICE).order_by(Point.prm)
    found: dict[Segment, list[str]] = {}
    with platform.database.sessions() as session:
        for prm, segment in session.execute(query):
            found.setdefault(segment, []).append(prm)
    wanted = parts or {segment: points if segment in PETITS else 1 for segment in found}
    return {prm: segment for segment, prms in found.items() for prm in prms[: wanted[segment]]}


def subscribe_all(
    platform: Platform, points: dict[str, Segment], *, daily: bool, debut: date = DEBUT
) -> None:
    """Have every recurrent file made of each point, by the orders of its kind: each day where
    `daily`, else each week or month, but for indexes of large points, which have no other."""
    for prm, segment in points.items():
        small, sens = segment in PETITS, SENS_OF_SEGMENT[segment]
        slow = "P1M" if small else "P7D"
        if sens == "SOUTIRAGE":
            souscriptions = (COURBE_C5, INDEX_C5) if small else (COURBE_C4, INDEX_C4)
            for each in souscriptions:
                often = daily or each is INDEX_C4
                souscription = replace(each, date_debut=debut, date_fin=None)
                platform.subscribe(
                    prm, replace(souscription, periodicite="P1D" if often else slow), at(debut)
                )
        wanted = {("COURBE", "P1M"), ("COURBE", slow)}
        wanted |= {("PMAX", "P1M"), ("INDEX", "P1M")} if small else {("INDEX", "P1D")}
        if daily:
            wanted |= {(type_, "P1D") for type_, _ in wanted}
        for type_, periodicite in sorted(wanted):
            corrigees = False if type_ == "COURBE" else None
            publish(platform, prm, type_, periodicite, debut, corrigees)


def order_all(
    platform: Platform, points: dict[str, Segment], debut: date, fin: date, unknown: str = ""
) -> None:
    """Have every file made that is ordered of [debut, fin): those of M023, which name an unknown
    point besides, then of each point its history and, of some, its day."""
    for sens in ("SOUTIRAGE", "INJECTION"):
        prms = [prm for prm, segment in points.items() if SENS_OF_SEGMENT[segment] == sens]
        for flux in ("R63", "R64", "R65", "R66", "R67", "C68"):
            asked = (None, None) if flux == "C68" else (debut, fin)
            order(platform, flux, [*prms, *unknown.split()], *asked, at(fin), sens=sens)
    for prm, segment in points.items():
        platform.historique(prm, "CDC", debut - timedelta(20), fin, at(fin))
        if segment == "C5":
            platform.historique(prm, "IDX", debut - timedelta(20), fin, at(fin))
        elif segment not in PETITS:
            produced = SENS_OF_SEGMENT[segment] == "INJECTION"
            platform.infra_j(prm, at(fin), produced=produced)
    platform.catch_up(at(fin + JOUR))

"""The calls that are measured: 7-day curves of a hundred points and weeks, never one twice."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import ETATS_SANS_ALIMENTATION
from sge_sim.tables.mesures import replace_collectes
from sge_sim.tables.points import Point

PRM = "25478147557460"
PATH = "/ConsultationMesuresDetaillees/v3.0"
NOW = "2025-08-01T10:00"
DEBUT = date(2025, 4, 1)
POINTS = 7 * 48
_COUNT = 100
_LAST = date(2025, 7, 24)
_SINCE = date(2023, 6, 1)
_WEEK = timedelta(7)
_CHANGES = (date(2025, 3, 30), date(2024, 10, 27), date(2024, 3, 31), date(2023, 10, 29))


def c5_points(session: Session, most: int = _COUNT) -> list[str]:
    """Return C5 points of the population that any curve may be asked of."""
    niveau = Point.niveau_ouverture_services == 2
    return _points(session, most, Point.segment == "C5", niveau)


def telereleves(session: Session, most: int) -> list[str]:
    """Return larger points whose meters are read at any time, through an IP box."""
    larger = Point.segment.in_(("C2", "C3", "C4"))
    return _points(session, most, larger, Point.media_releve == "IP")


def _points(session: Session, most: int, *wanted: ColumnElement[bool]) -> list[str]:
    """Return points in service, for long, of which nothing forbids to ask."""
    return list(
        session.scalars(
            select(Point.prm)
            .where(
                *wanted,
                Point.etat_contractuel == "SERVC",
                Point.etat_alimentation.not_in(ETATS_SANS_ALIMENTATION),
                Point.teleoperable.is_(True),
                Point.opposition_courbe.is_(False),
                Point.operation_en_cours.is_(None),
                Point.date_mise_en_service < _SINCE,
            )
            .order_by(Point.prm)
            .limit(most)
        )
    )


def collect_curves(session: Session) -> list[str]:
    """Have the curve of a hundred C5 points of the population collected; return the points."""
    points = c5_points(session)
    for prm in points:
        replace_collectes(session, prm, (_SINCE, None))
    return points


def demands(points: Sequence[str]) -> Iterator[bytes]:
    """Yield messages that ask for a curve: another point and another week each time."""
    last = _LAST.toordinal()
    starts = [date.fromordinal(last - 7 * rank) for rank in range(_COUNT)]
    starts = [
        start for start in starts if not any(start <= day < start + _WEEK for day in _CHANGES)
    ]
    for turn in range(len(starts)):
        for rank, prm in enumerate(points):
            yield request(prm, starts[(turn + rank) % len(starts)])


def request(prm: str = PRM, debut: date = DEBUT) -> bytes:
    """Return the message that asks for the curve of 7 days."""
    return consultation(prm, "COURBE", "PA", debut, debut + _WEEK)


def consultation(prm: str, type: str, grandeur: str, debut: date, fin: date) -> bytes:
    """Return the message that asks for measures of the days [debut, fin)."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        "<c:consulterMesuresDetailleesV3 xmlns:c="
        '"http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/common"><demande>'
        f"<initiateurLogin>bench@exemple.fr</initiateurLogin><pointId>{prm}</pointId>"
        f"<mesuresTypeCode>{type}</mesuresTypeCode><grandeurPhysique>{grandeur}</grandeurPhysique>"
        f"<dateDebut>{debut}</dateDebut><dateFin>{fin}</dateFin>"
        "<mesuresCorrigees>false</mesuresCorrigees><sens>SOUTIRAGE</sens>"
        "<cadreAcces>ACCORD_CLIENT</cadreAcces></demande></c:consulterMesuresDetailleesV3>"
        "</s:Body></s:Envelope>"
    ).encode()


def check(answer: bytes) -> None:
    """Make sure that what was measured is a whole curve."""
    assert answer.count(b"<points>") == POINTS, answer[:500]

"""What tests ask of the state that the simulator itself never does."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sge_sim.commandes.souscription import Souscription
from sge_sim.facts.lecture import questions
from sge_sim.tables.point_facts import Faits
from sge_sim.tables.points import POINT_SEEN, Point
from sge_sim.tables.prepared import Driver, read_at_once


def faits_within(session: Session, **asked: Any) -> Faits:
    """Return facts as the transaction of `session` sees them, its own changes included."""
    wanted = questions(**asked)
    read = read_at_once(Driver.under(session), wanted.values())
    return Faits(**dict(zip(wanted, read, strict=True)))


def count_points(session: Session) -> int:
    """Return how many points there are."""
    return session.scalar(select(func.count()).select_from(Point).where(POINT_SEEN)) or 0


def named_points(session: Session) -> list[Point]:
    """Return the points that are there for a reason (`pourquoi`), by PRM."""
    return list(
        session.scalars(
            select(Point).where(Point.pourquoi.is_not(None), POINT_SEEN).order_by(Point.prm)
        )
    )


def faits_to_subscribe(session: Session, prm: str, souscription: Souscription) -> Faits:
    """What an order of collection or transmission asks of the state."""
    return faits_within(
        session, prm=prm, services_of=prm, numeros=True, abonnement=souscription.abonnement
    )

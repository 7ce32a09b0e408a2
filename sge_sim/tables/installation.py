"""Whether a data set is in the database, and the removal of one that was stopped midway."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from sge_sim.tables.acteurs import Acteur, Contrat
from sge_sim.tables.commandes import Numero, ServiceSouscrit
from sge_sim.tables.points import Commune, Point


def is_installed(session: Session) -> bool:
    """Tell whether a data set is there: its contracts come last, all at once."""
    return session.scalar(select(Contrat.contrat_id).limit(1)) is not None


def remove_points(session: Session, at_most: int) -> bool:
    """Remove so many points of an installation that was stopped, and what belongs to them.

    The numbers of their services are given again. Returns whether there was any.
    """
    prms = list(session.scalars(select(Point.prm).limit(at_most)))
    services = select(func.count()).where(ServiceSouscrit.prm.in_(prms))
    given = session.scalar(services) or 0
    session.execute(
        update(Numero)
        .where(Numero.sorte == "service_souscrit")
        .values(dernier=Numero.dernier - given)
    )
    session.execute(delete(Point).where(Point.prm.in_(prms)))
    return bool(prms)


def remove_acteurs_and_communes(session: Session) -> None:
    """Remove what else such an installation has left, once no point needs it."""
    session.execute(delete(Acteur))
    session.execute(delete(Commune))

"""What happened between two simulated instants: what an advance of the clock set off."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sge_sim.domaine.retombees import Retombees
from sge_sim.store.commandes import Affaire, Evenement, ServiceSouscrit
from sge_sim.store.flux import FichierFlux, Publication


def retombees_between(session: Session, debut: datetime, fin: datetime) -> Retombees:
    """Return what happened after `debut` and by `fin`, two aware instants of simulated time."""

    def during(column: InstrumentedAttribute[datetime | None]) -> ColumnElement[bool]:
        return (column > debut.astimezone(UTC)) & (column <= fin.astimezone(UTC))

    def count(column: InstrumentedAttribute[datetime | None], *where: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).where(during(column), *where)) or 0

    return Retombees(
        debut,
        fin,
        fichiers=session.scalar(
            select(func.count())
            .select_from(FichierFlux)
            .join(FichierFlux.publication)
            .where(
                Publication.instant > debut.astimezone(UTC),
                Publication.instant <= fin.astimezone(UTC),
            )
        )
        or 0,
        actives=count(ServiceSouscrit.activated_at),
        termines=count(ServiceSouscrit.ended_at),
        affaires=count(Affaire.closed_at),
        evenements=session.scalar(
            select(func.count()).where(
                Evenement.echeance.is_(None),
                Evenement.instant > debut.astimezone(UTC),
                Evenement.instant <= fin.astimezone(UTC),
            )
        )
        or 0,
    )

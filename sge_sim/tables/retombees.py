"""The events between two simulated instants: those that an advance of the clock caused."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sge_sim.domaine.retombees import Retombees, Travail
from sge_sim.tables.commandes import Affaire, Evenement, ServiceSouscrit
from sge_sim.tables.ecritures import read_last_instant
from sge_sim.tables.flux import FichierFlux, Publication
from sge_sim.tables.prepared import Driver


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


def measured(session: Session, travail: Travail) -> Travail:
    """Return what a setting of the clock sets off with what of it has happened by now."""
    debut, fin = travail.retombees.debut, travail.retombees.fin
    published = session.scalar(
        select(func.max(Publication.instant)).where(
            Publication.instant > debut.astimezone(UTC), Publication.instant <= fin.astimezone(UTC)
        )
    )
    happened = read_last_instant(Driver.under(session))
    reached = (min(instant, fin) for instant in (published, happened) if instant is not None)
    return replace(
        travail,
        atteint=max([debut, *reached]),
        retombees=retombees_between(session, debut, fin),
    )

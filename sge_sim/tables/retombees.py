"""The events between two simulated instants: those that an advance of the clock caused."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from sge_sim.domaine.retombees import Retombees, Travail
from sge_sim.tables.commandes import Affaire, Evenement, ServiceSouscrit
from sge_sim.tables.ecritures import read_last_instant
from sge_sim.tables.flux import FichierFlux, Publication
from sge_sim.tables.prepared import Driver


def retombees_between(session: Session, debut: datetime, fin: datetime) -> Retombees:
    """Return what happened after `debut` and by `fin`, two aware instants of simulated time."""

    def count(column: Any, query: Select[int] | None = None) -> int:
        rows = select(func.count()) if query is None else query
        return session.scalar(rows.where(_between(column, debut, fin))) or 0

    files = select(func.count()).select_from(FichierFlux).join(FichierFlux.publication)
    events = select(func.count()).where(Evenement.echeance.is_(None))
    return Retombees(
        debut,
        fin,
        fichiers=count(Publication.instant, files),
        actives=count(ServiceSouscrit.activated_at),
        termines=count(ServiceSouscrit.ended_at),
        affaires=count(Affaire.closed_at),
        evenements=count(Evenement.instant, events),
    )


def _between(column: Any, debut: datetime, fin: datetime) -> ColumnElement[bool]:
    """Return the condition that an instant comes after `debut`, and not after `fin`."""
    return and_(column > debut.astimezone(UTC), column <= fin.astimezone(UTC))


def measured(session: Session, travail: Travail) -> Travail:
    """Return what a setting of the clock sets off with what of it has happened by now."""
    debut, fin = travail.retombees.debut, travail.retombees.fin
    published = session.scalar(
        select(func.max(Publication.instant)).where(_between(Publication.instant, debut, fin))
    )
    happened = read_last_instant(Driver.under(session))
    reached = (min(instant, fin) for instant in (published, happened) if instant is not None)
    return replace(
        travail,
        atteint=max([debut, *reached]),
        retombees=retombees_between(session, debut, fin),
    )

"""Whose beneficiary is still to be told that a service has ended, and that it was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from sge_sim.store.commandes import ServiceSouscrit

_ENDS_AT_ONCE = 1000
"""How many ends one file tells at most: bounds the file, and the statement that records it."""


_UNANNOUNCED: Final = (
    ServiceSouscrit.ended_at.is_not(None),
    ServiceSouscrit.announced_at.is_(None),
    ServiceSouscrit.activated_at.is_not(None),
    or_(ServiceSouscrit.affaire_id.is_not(None), ServiceSouscrit.consentement_id.is_not(None)),
)
"""Only those are told that had begun, by an order or a consent (assumed)."""


def first_unannounced_end(session: Session) -> datetime | None:
    """Return when the first service ended whose beneficiary isn't told yet."""
    return session.scalar(
        select(ServiceSouscrit.ended_at)
        .where(*_UNANNOUNCED)
        .order_by(ServiceSouscrit.ended_at)
        .limit(1)
    )


def unannounced_ends(session: Session) -> Sequence[ServiceSouscrit]:
    """Return the first services of a contract that ended and whose beneficiary isn't told yet.

    They ended at the same instant, and are in the order of their numbers, 1 000 at most.
    """
    first = session.execute(
        select(ServiceSouscrit.ended_at, ServiceSouscrit.contrat_id)
        .where(*_UNANNOUNCED)
        .order_by(ServiceSouscrit.ended_at, ServiceSouscrit.service_souscrit_id)
        .limit(1)
    ).first()
    if first is None:
        return ()
    return session.scalars(
        select(ServiceSouscrit)
        .where(
            *_UNANNOUNCED,
            ServiceSouscrit.ended_at == first.ended_at,
            ServiceSouscrit.contrat_id == first.contrat_id,
        )
        .order_by(ServiceSouscrit.service_souscrit_id)
        .limit(_ENDS_AT_ONCE)
    ).all()


def announce_ends(session: Session, numeros: Sequence[str], instant: datetime) -> bool:
    """Record that the ends of services are told; False, and nothing done, if any was already."""
    which = ServiceSouscrit.service_souscrit_id.in_(numeros)
    known = select(ServiceSouscrit.service_souscrit_id).where(
        which, ServiceSouscrit.announced_at.is_not(None)
    )
    if session.scalar(known.limit(1)) is not None:
        return False
    session.execute(update(ServiceSouscrit).where(which).values(announced_at=instant))
    return True

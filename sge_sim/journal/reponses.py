"""What clients got, read from the profiles of the journal, not from its exchanges."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from sge_sim.journal.records import echange, instant_of, profil


class Reponse(NamedTuple):
    """What an actor's own client got of a service: the code, and the last exchange that has it."""

    acteur_code: str
    service: str
    version: str
    code: str | None
    http_status: int | None
    accepted: bool
    dernier: int


def find_answers(connection: Connection) -> list[Reponse]:
    """Return what the clients of each actor got of each service, the latest first.

    Calls of sge-sim's own aren't among them. It reads profiles, not exchanges.
    """
    last = (
        select(func.max(echange.c.id)).where(echange.c.profil_id == profil.c.id).scalar_subquery()
    )
    names = ("acteur_code", "service", "version", "code", "http_status", "accepted")
    query = select(*(profil.c[name] for name in names), last).where(
        profil.c.kind.in_(("soap", "rest")),
        profil.c.origine == "client",
        profil.c.acteur_code.is_not(None),
        profil.c.service.is_not(None),
    )
    found = [Reponse._make(row) for row in connection.execute(query) if row[-1] is not None]
    return sorted(found, key=lambda each: -each.dernier)


def find_rules(connection: Connection) -> list[str]:
    """Return the names of the rules that have refused, in their order."""
    named = select(profil.c.rule_name).where(profil.c.rule_name.is_not(None)).distinct()
    return sorted(filter(None, connection.scalars(named)))


class Appels(NamedTuple):
    """How often an actor called a service, and when it did last (simulated time, UTC)."""

    acteur_code: str
    service: str
    nombre: int
    dernier: datetime


def count_calls(connection: Connection, services: Collection[str]) -> list[Appels]:
    """Count the calls of these services by actor, by actor then service."""
    query = (
        select(profil.c.acteur_code, profil.c.service, func.count(), func.max(echange.c.instant))
        .join(echange, echange.c.profil_id == profil.c.id)
        .where(profil.c.service.in_(services), profil.c.acteur_code.is_not(None))
        .group_by(profil.c.acteur_code, profil.c.service)
        .order_by(profil.c.acteur_code, profil.c.service)
    )
    return [
        Appels(acteur, service, count, instant_of(last))
        for acteur, service, count, last in connection.execute(query)
    ]

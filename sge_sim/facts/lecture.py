"""Reads the state as fiches: the only reader of what rules and answers look at.

Each question reads with the driver's connection it is given: that of a snapshot for a consultation
(`sge_sim.facts.memoire`), that of its own transaction for an order.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from sys import intern
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, bindparam, select
from sqlalchemy.orm import Session

from sge_sim.tables.acces import OptionPublication
from sge_sim.tables.acteur_facts import (
    ActeurFacts,
    CertificatFacts,
    ContratFacts,
    UtilisateurFacts,
)
from sge_sim.tables.acteurs import Acteur, Certificat, Contrat, Habilitation, Utilisateur
from sge_sim.tables.base import Base
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.mesures import SUIVI
from sge_sim.tables.point_facts import (
    AccesFacts,
    CompteurFacts,
    Dossier,
    Faits,
    OptionFacts,
    PointFacts,
    ServiceFacts,
)
from sge_sim.tables.points import POINT_SEEN, Compteur, Point
from sge_sim.tables.prepared import Driver, Prepared, Query, Rows

Question = tuple[Any, ...]
"""A `sge_sim.tables.prepared.Query`, and its values."""

Lire = Callable[..., Faits]
"""Gives the facts that are named, as `questions` understands them."""


def _columns(table: type[Base], facts: type[Any], *without: str) -> list[Any]:
    """Return the columns of a table that a fiche has, in its order."""
    columns = _table(table).c
    return [columns[one.name] for one in fields(facts) if one.name not in without]


def _table(table: type[Base]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found


def _prepared(
    table: type[Base], facts: type[Any], key: Callable[[Any], Any], *without: str
) -> Prepared:
    columns = _table(table).c
    return Prepared(select(*_columns(table, facts, *without)).where(key(columns)))


_POINT = Prepared(
    select(*_columns(Point, PointFacts, "compteurs")).where(
        Point.prm == bindparam("prm"), POINT_SEEN
    )
)
_COMPTEURS = Prepared(
    select(*_columns(Compteur, CompteurFacts))
    .where(Compteur.prm == bindparam("prm"))
    .order_by(Compteur.id)
)
_ACCES = Prepared(
    select(*_columns(ServiceSouscrit, AccesFacts))
    .where(
        ServiceSouscrit.prm == bindparam("prm"),
        ServiceSouscrit.type == "ACCES",
        ServiceSouscrit.etat == "ACTIF",
    )
    .order_by(ServiceSouscrit.service_souscrit_id)
)
_SERVICES = Prepared(
    select(*_columns(ServiceSouscrit, ServiceFacts, "options"))
    .where(ServiceSouscrit.prm == bindparam("prm"))
    .order_by(ServiceSouscrit.date_debut, ServiceSouscrit.service_souscrit_id)
)
_SERVICE = Prepared(
    select(*_columns(ServiceSouscrit, ServiceFacts, "options")).where(
        ServiceSouscrit.service_souscrit_id == bindparam("number")
    )
)
_OPTIONS_OF_POINT = Prepared(
    select(OptionPublication.service_souscrit_id, *_columns(OptionPublication, OptionFacts))
    .join(ServiceSouscrit)
    .where(ServiceSouscrit.prm == bindparam("prm"))
    .order_by(OptionPublication.id)
)
_OPTIONS = Prepared(
    select(OptionPublication.service_souscrit_id, *_columns(OptionPublication, OptionFacts))
    .where(OptionPublication.service_souscrit_id == bindparam("number"))
    .order_by(OptionPublication.id)
)
_CONTRAT = _prepared(Contrat, ContratFacts, lambda c: c.contrat_id == bindparam("contrat_id"))


def _of_acteur(code: ColumnElement[Any]) -> tuple[Prepared, ...]:
    """Return what reads an actor, its contracts and what it is homologated for."""
    return (
        Prepared(select(Acteur.code, Acteur.kind).where(Acteur.code == code)),
        Prepared(
            select(*_columns(Contrat, ContratFacts))
            .where(Contrat.acteur_code == code)
            .order_by(Contrat.contrat_id)
        ),
        Prepared(
            select(Habilitation.package, Habilitation.environnement).where(
                Habilitation.acteur_code == code
            )
        ),
    )


_UTILISATEUR = Prepared(
    select(Utilisateur.login, Utilisateur.services, Utilisateur.actif).where(
        Utilisateur.login == bindparam("login")
    )
)
_CERTIFICAT = Prepared(
    select(Certificat.acteur_code, Acteur.kind, Certificat.pem)
    .join(Acteur, Acteur.code == Certificat.acteur_code)
    .where(
        Certificat.fingerprint == bindparam("fingerprint"),
        Certificat.environnement == bindparam("environnement"),
    )
)


def _dossier(points: Rows, compteurs: Rows, acces: Rows, *suivi: Rows) -> Dossier | None:
    if not points:
        return None
    meters = tuple(CompteurFacts(*_shared(row)) for row in compteurs)
    return Dossier(
        PointFacts(*(*_shared(points[0]), meters)),
        SUIVI.make(*suivi),
        tuple(AccesFacts(*row) for row in acces),
    )


def _shared(row: Sequence[Any]) -> Iterator[Any]:
    """Give the cells of a row, its texts as the same objects as those of other points.

    Thousands of points are kept, and most of what they say is one of a few words.
    """
    return (intern(cell) if type(cell) is str else cell for cell in row)


def _services(rows: Rows, options: Rows) -> tuple[ServiceFacts, ...]:
    found: dict[str, list[OptionFacts]] = {}
    for number, *cells in options:
        found.setdefault(number, []).append(OptionFacts(*cells))
    return tuple(ServiceFacts(*(*row, tuple(found.get(row[0], ())))) for row in rows)


def _acteur(acteurs: Rows, contrats: Rows, habilitations: Rows) -> ActeurFacts | None:
    if not acteurs:
        return None
    ((code, kind),) = acteurs
    held = tuple(ContratFacts(*row) for row in contrats)
    return ActeurFacts(code, kind, held, frozenset((row[0], row[1]) for row in habilitations))


def _utilisateur(users: Rows, *acteur: Rows) -> UtilisateurFacts | None:
    if not users:
        return None
    ((login, services, actif),) = users
    found = _acteur(*acteur)
    assert found is not None, "a foreign key holds it"
    return UtilisateurFacts(login, None if services is None else frozenset(services), actif, found)


read_dossier: Final = Query((_POINT, _COMPTEURS, _ACCES, *SUIVI.statements), ("prm",), _dossier)
"""What is known of a point; nothing when SGE doesn't know it."""
read_services: Final = Query((_SERVICES, _OPTIONS_OF_POINT), ("prm",), _services)
"""Every service of a point, whoever ordered it, by start then number."""
read_service: Final = Query(
    (_SERVICE, _OPTIONS),
    ("number",),
    lambda rows, options: next(iter(_services(rows, options)), None),
)
"""The service of that number."""
read_acteur: Final = Query(_of_acteur(bindparam("code")), ("code",), _acteur)
"""The actor of that code."""
read_utilisateur: Final = Query(
    (
        _UTILISATEUR,
        *_of_acteur(
            select(Utilisateur.acteur_code)
            .where(Utilisateur.login == bindparam("login"))
            .scalar_subquery()
        ),
    ),
    ("login",),
    _utilisateur,
)
"""The user of that e-mail, given in small letters."""
read_contrat: Final = Query(
    (_CONTRAT,), ("contrat_id",), lambda rows: ContratFacts(*rows[0]) if rows else None
)
"""The contract of that number."""
read_certificat: Final = Query(
    (_CERTIFICAT,),
    ("fingerprint", "environnement"),
    lambda rows: CertificatFacts(*rows[0]) if rows else None,
)
"""What is registered for a certificate, by its SHA-256 in small hexadecimal digits."""


def questions(
    *,
    prm: str | None = None,
    services_of: str | None = None,
    service: str | None = None,
    login: str | None = None,
    contrat_id: str | None = None,
    acteur: str | None = None,
) -> dict[str, Question]:
    """Return what is to be read for `Faits`, by its fields."""
    asked: dict[str, Question] = {}
    if prm is not None:
        asked["dossier"] = (read_dossier, prm)
    if services_of is not None:
        asked["services"] = (read_services, services_of)
    if service is not None:
        asked["service"] = (read_service, service)
    if login is not None:
        asked["utilisateur"] = (read_utilisateur, login.lower())
    if contrat_id is not None:
        asked["contrat"] = (read_contrat, contrat_id)
    if acteur is not None:
        asked["acteur"] = (read_acteur, acteur)
    return asked


def faits_within(session: Session, **asked: str | None) -> Faits:
    """Return facts as the transaction of `session` sees them, its own changes included."""
    wanted = questions(**asked)
    read = read_at_once(Driver.under(session), wanted.values())
    return Faits(**dict(zip(wanted, read, strict=True)))


def read_at_once(driver: Driver, asked: Collection[Question]) -> list[Any]:
    """Return what each question reads, all of them read together."""
    rows = iter(driver.read([each for query, *of in asked for each in query.asked(of)]))
    return [query.make(*islice(rows, len(query.statements))) for query, *_ in asked]

"""Reads the state as facts: the only reader of what rules and answers look at.

Each question reads with the driver's connection it is given: that of a snapshot for a consultation
(`sge_sim.facts.memoire`), that of its own transaction for an order.
"""

from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, bindparam, select

from sge_sim.domaine.nomenclatures import CodeFlux
from sge_sim.tables.acces import OptionPublication
from sge_sim.tables.acteur_facts import CertificatFacts, ContratFacts, acteur_from, utilisateur_from
from sge_sim.tables.acteurs import Acteur, Certificat, Contrat, Habilitation, Utilisateur
from sge_sim.tables.base import columns_read
from sge_sim.tables.commandes import ServiceSouscrit, read_abonnement
from sge_sim.tables.m023 import read_rang_m023
from sge_sim.tables.mesures import MESURES_FACTS
from sge_sim.tables.point_facts import (
    AccesFacts,
    CompteurFacts,
    OptionFacts,
    PointFacts,
    ServiceFacts,
    dossier_from,
    services_from,
)
from sge_sim.tables.points import POINT_SEEN, Compteur, Point
from sge_sim.tables.prepared import Prepared, Query, Question

_POINT = Prepared(
    select(*columns_read(Point, PointFacts)).where(Point.prm == bindparam("prm"), POINT_SEEN)
)
_COMPTEURS = Prepared(
    select(*columns_read(Compteur, CompteurFacts))
    .where(Compteur.prm == bindparam("prm"))
    .order_by(Compteur.id)
)
_ACCES = Prepared(
    select(*columns_read(ServiceSouscrit, AccesFacts))
    .where(
        ServiceSouscrit.prm == bindparam("prm"),
        ServiceSouscrit.type == "ACCES",
        ServiceSouscrit.etat == "ACTIF",
    )
    .order_by(ServiceSouscrit.service_souscrit_id)
)


def _services(which: ColumnElement[bool]) -> tuple[Prepared, Prepared]:
    """Return what reads services, by start then number, and what they publish."""
    published = columns_read(OptionPublication, OptionFacts)
    return (
        Prepared(
            select(*columns_read(ServiceSouscrit, ServiceFacts))
            .where(which)
            .order_by(ServiceSouscrit.date_debut, ServiceSouscrit.service_souscrit_id)
        ),
        Prepared(
            select(OptionPublication.service_souscrit_id, *published)
            .join(ServiceSouscrit)
            .where(which)
            .order_by(OptionPublication.id)
        ),
    )


_CONTRAT = Prepared(
    select(*columns_read(Contrat, ContratFacts)).where(
        Contrat.contrat_id == bindparam("contrat_id")
    )
)


class Login(NamedTuple):
    """A user as the door reads it for HTTP Basic: its actor, whether the account is open, the
    digest of its password."""

    acteur_code: str
    actif: bool
    mot_de_passe: str | None


_LOGIN = Prepared(
    select(Utilisateur.acteur_code, Utilisateur.actif, Utilisateur.mot_de_passe).where(
        Utilisateur.login == bindparam("login")
    )
)
read_login: Final = Query((_LOGIN,), ("login",), lambda rows: Login(*rows[0]) if rows else None)
"""The user of that e-mail, in small letters."""


def _of_acteur(code: ColumnElement[Any]) -> tuple[Prepared, ...]:
    """Return what reads an actor, its contracts and what it is homologated for."""
    return (
        Prepared(select(Acteur.code, Acteur.kind).where(Acteur.code == code)),
        Prepared(
            select(*columns_read(Contrat, ContratFacts))
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


read_dossier: Final = Query(
    (_POINT, _COMPTEURS, _ACCES, *MESURES_FACTS.statements), ("prm",), dossier_from
)
"""What is known of a point; nothing when SGE doesn't know it."""
read_services: Final = Query(
    _services(ServiceSouscrit.prm == bindparam("prm")), ("prm",), services_from
)
"""Every service of a point, whoever ordered it, by start then number."""
read_service: Final = Query(
    _services(ServiceSouscrit.service_souscrit_id == bindparam("number")),
    ("number",),
    lambda rows, options: next(iter(services_from(rows, options)), None),
)
"""The service of that number."""
read_acteur: Final = Query(_of_acteur(bindparam("code")), ("code",), acteur_from)
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
    utilisateur_from,
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
    abonnement: tuple[str, ...] | None = None,
    rang_m023: tuple[tuple[CodeFlux, ...], int] | None = None,
) -> dict[str, Question]:
    """Return the questions whose answers are the fields of `Faits`, by field."""
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
    if abonnement is not None:
        asked["abonnement"] = (read_abonnement, *abonnement)
    if rang_m023 is not None:
        asked["rang_m023"] = (read_rang_m023(*rang_m023),)
    return asked

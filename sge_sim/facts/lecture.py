"""Reads the state as fiches: the only reader of what rules and answers look at.

Each question reads with the driver's connection it is given: that of a snapshot for a consultation
(`sge_sim.facts.memoire`), that of its own transaction for an order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from sys import intern
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import Environment
from sge_sim.tables.acces import OptionPublication
from sge_sim.tables.acteurs import Acteur, Certificat, Contrat, Habilitation, Utilisateur
from sge_sim.tables.base import Base
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.fiches import (
    Dossier,
    FicheAcces,
    FicheCompteur,
    FicheOption,
    FichePoint,
    FicheService,
)
from sge_sim.tables.fiches_acteurs import (
    FicheActeur,
    FicheCertificat,
    FicheContrat,
    FicheUtilisateur,
)
from sge_sim.tables.mesures import suivi_of
from sge_sim.tables.points import POINT_SEEN, Compteur, Point
from sge_sim.tables.prepared import Driver, Prepared

Question = tuple[Any, ...]
"""A function that reads, and its arguments but for the driver."""

Lire = Callable[..., "Faits"]
"""Gives the facts that are named, as `questions` understands them."""


class Faits(NamedTuple):
    """The facts that one call asked for, all of one state; what it didn't ask for is empty.

    `acteur` is the calling actor; `services` are those of a point, whoever ordered them.
    """

    dossier: Dossier | None = None
    services: tuple[FicheService, ...] = ()
    service: FicheService | None = None
    utilisateur: FicheUtilisateur | None = None
    contrat: FicheContrat | None = None
    acteur: FicheActeur | None = None

    @property
    def point(self) -> FichePoint | None:
        """The point, if it is known."""
        return None if self.dossier is None else self.dossier.point


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
    driver = Driver.under(session)
    read = {name: ask(driver, *of) for name, (ask, *of) in questions(**asked).items()}
    return Faits(**read)


def _columns(table: type[Base], fiche: type[Any], *without: str) -> list[Any]:
    """Return the columns of a table that a fiche has, in its order."""
    columns = _table(table).c
    return [columns[one.name] for one in fields(fiche) if one.name not in without]


def _table(table: type[Base]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found


def _prepared(
    table: type[Base], fiche: type[Any], key: Callable[[Any], Any], *without: str
) -> Prepared:
    columns = _table(table).c
    return Prepared(select(*_columns(table, fiche, *without)).where(key(columns)))


_POINT = Prepared(
    select(*_columns(Point, FichePoint, "compteurs")).where(
        Point.prm == bindparam("prm"), POINT_SEEN
    )
)
_COMPTEURS = Prepared(
    select(*_columns(Compteur, FicheCompteur))
    .where(Compteur.prm == bindparam("prm"))
    .order_by(Compteur.id)
)
_ACCES = Prepared(
    select(*_columns(ServiceSouscrit, FicheAcces))
    .where(
        ServiceSouscrit.prm == bindparam("prm"),
        ServiceSouscrit.type == "ACCES",
        ServiceSouscrit.etat == "ACTIF",
    )
    .order_by(ServiceSouscrit.service_souscrit_id)
)
_SERVICES = Prepared(
    select(*_columns(ServiceSouscrit, FicheService, "options"))
    .where(ServiceSouscrit.prm == bindparam("prm"))
    .order_by(ServiceSouscrit.date_debut, ServiceSouscrit.service_souscrit_id)
)
_SERVICE = Prepared(
    select(*_columns(ServiceSouscrit, FicheService, "options")).where(
        ServiceSouscrit.service_souscrit_id == bindparam("number")
    )
)
_OPTIONS = Prepared(
    select(*_columns(OptionPublication, FicheOption))
    .where(OptionPublication.service_souscrit_id == bindparam("number"))
    .order_by(OptionPublication.id)
)
_CONTRAT = _prepared(Contrat, FicheContrat, lambda c: c.contrat_id == bindparam("contrat_id"))
_CONTRATS = Prepared(
    select(*_columns(Contrat, FicheContrat))
    .where(Contrat.acteur_code == bindparam("code"))
    .order_by(Contrat.contrat_id)
)
_ACTEUR = Prepared(select(Acteur.code, Acteur.kind).where(Acteur.code == bindparam("code")))
_HABILITATIONS = Prepared(
    select(Habilitation.paquet, Habilitation.environnement).where(
        Habilitation.acteur_code == bindparam("code")
    )
)
_UTILISATEUR = Prepared(
    select(
        Utilisateur.login, Utilisateur.services, Utilisateur.actif, Utilisateur.acteur_code
    ).where(Utilisateur.login == bindparam("login"))
)
_CERTIFICAT = Prepared(
    select(Certificat.acteur_code, Acteur.kind, Certificat.pem)
    .join(Acteur, Acteur.code == Certificat.acteur_code)
    .where(
        Certificat.fingerprint == bindparam("fingerprint"),
        Certificat.environnement == bindparam("environnement"),
    )
)


def read_dossier(driver: Driver, prm: str) -> Dossier | None:
    """Return what is known of a point; nothing when SGE doesn't know it."""
    columns: Any = _POINT.row(driver, prm=prm)
    if columns is None:
        return None
    compteurs = tuple(FicheCompteur(*_shared(row)) for row in _COMPTEURS.rows(driver, prm=prm))
    acces = tuple(FicheAcces(*row) for row in _ACCES.rows(driver, prm=prm))
    return Dossier(FichePoint(*(*_shared(columns), compteurs)), suivi_of(driver, prm), acces)


def _shared(row: Sequence[Any]) -> Iterator[Any]:
    """Give the cells of a row, its texts as the same objects as those of other points.

    Thousands of points are kept, and most of what they say is one of a few words.
    """
    return (intern(cell) if type(cell) is str else cell for cell in row)


def read_services(driver: Driver, prm: str) -> tuple[FicheService, ...]:
    """Return every service of a point, whoever ordered it, by start then number."""
    return tuple(_service(driver, row) for row in _SERVICES.rows(driver, prm=prm))


def read_service(driver: Driver, service_souscrit_id: str) -> FicheService | None:
    """Return the service of that number."""
    row = _SERVICE.row(driver, number=service_souscrit_id)
    return None if row is None else _service(driver, row)


def _service(driver: Driver, row: tuple[Any, ...]) -> FicheService:
    service = FicheService(*row)
    if service.type != "ACCES":
        return service
    options = _OPTIONS.rows(driver, number=service.service_souscrit_id)
    return replace(service, options=tuple(FicheOption(*one) for one in options))


def read_utilisateur(driver: Driver, login: str) -> FicheUtilisateur | None:
    """Return the user of that e-mail, given in small letters."""
    row = _UTILISATEUR.row(driver, login=login)
    if row is None:
        return None
    login, services, actif, code = row
    acteur = read_acteur(driver, code)
    assert acteur is not None, "a foreign key holds it"
    return FicheUtilisateur(login, None if services is None else frozenset(services), actif, acteur)


def read_contrat(driver: Driver, contrat_id: str) -> FicheContrat | None:
    """Return the contract of that number."""
    row = _CONTRAT.row(driver, contrat_id=contrat_id)
    return None if row is None else FicheContrat(*row)


def read_acteur(driver: Driver, code: str) -> FicheActeur | None:
    """Return the actor of that code."""
    row = _ACTEUR.row(driver, code=code)
    if row is None:
        return None
    contrats = tuple(FicheContrat(*each) for each in _CONTRATS.rows(driver, code=code))
    habilitations = frozenset(_HABILITATIONS.rows(driver, code=code))
    return FicheActeur(row[0], row[1], contrats, habilitations)


def read_certificat(
    driver: Driver, fingerprint: str, environnement: Environment
) -> FicheCertificat | None:
    """Return what is registered for a certificate.

    `fingerprint` is its SHA-256 in small hexadecimal digits.
    """
    row = _CERTIFICAT.row(driver, fingerprint=fingerprint, environnement=environnement)
    return None if row is None else FicheCertificat(*row)

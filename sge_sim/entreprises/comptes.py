"""The accounts of companies, as their portal would make them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.clock import PREMIER_JOUR, add_months, legal_date
from sge_sim.dataconnect.applications import get_application
from sge_sim.dataconnect.consentements import give_consentement
from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.errors import UsageError, require_found
from sge_sim.referentiel.acteurs import add_contrat, create_acteur
from sge_sim.tables.acteurs import find_acteur
from sge_sim.tables.dataconnect import applications
from sge_sim.tables.entreprises import (
    SERVICES_OUVERTS,
    CompteEntreprise,
    PointTenu,
    held_points,
)
from sge_sim.tables.points import Point
from sge_sim.tables.prepared import Driver

_LONGEST: Final = 38
"""Letters of the name of an application, as on Data Connect."""


def declare_entreprise(
    session: Session,
    siren: str,
    nom: str,
    autres_sirens: Sequence[str] = (),
    services: Sequence[TypeServiceAcces] | None = None,
) -> CompteEntreprise:
    """Open the account of a company, or change it: all measure services unless some are named.

    Raises `UsageError` for a SIREN that isn't nine digits, a name or a service that doesn't suit.
    """
    for each in (siren, *autres_sirens):
        if not (len(each) == 9 and each.isascii() and each.isdigit()):
            raise UsageError(f"« {each} » n'est pas un SIREN : neuf chiffres.")
    if not 1 <= len(nom.strip()) <= _LONGEST:
        raise UsageError(f"« {nom} » n'est pas un nom : de 1 à {_LONGEST} caractères.")
    unknown = [each for each in services or () if each not in SERVICES_OUVERTS]
    if unknown:
        known = ", ".join(SERVICES_OUVERTS)
        raise UsageError(f"service inconnu : {', '.join(unknown)} ; il y a {known}.")
    acteur = find_acteur(session, siren)
    if acteur is None:
        acteur = create_acteur(session, siren, nom.strip(), "tiers")
        add_contrat(session, siren, siren, PREMIER_JOUR)
    acteur.nom = nom.strip()
    compte = CompteEntreprise(
        siren=siren,
        autres_sirens=[each for each in dict.fromkeys(autres_sirens) if each != siren],
        services=list(dict.fromkeys(SERVICES_OUVERTS if services is None else services)),
    )
    compte = session.merge(compte)
    session.flush()
    return compte


def get_entreprise(session: Session, siren: str) -> CompteEntreprise:
    """Return an account; raises `UsageError` when there is no such one."""
    return require_found(
        session.get(CompteEntreprise, siren),
        f"aucune entreprise n'a de compte au SIREN « {siren} » : sge-sim entreprises list.",
        siren,
    )


def remove_entreprise(session: Session, siren: str) -> None:
    """Close an account, and remove its applications; its actor stays, with what it ordered."""
    session.delete(get_entreprise(session, siren))
    for application in applications(session):
        if application.acteur_code == siren:
            session.delete(application)


def read_perimetre(session: Session, siren: str) -> list[PointTenu]:
    """Return the points that an account holds today, by PRM."""
    driver = Driver.under(session)
    found: list[PointTenu] = []
    for each in get_entreprise(session, siren).sirens:
        query, *bounds = held_points(each)
        found += query(driver, *bounds)
    return sorted(found, key=lambda point: point.prm)


def autorise(
    session: Session, siren: str, client_id: str, prms: Sequence[str] | None, now: datetime
) -> None:
    """Let an application read points of an account for a year, all of them if none is named; raises
    `UsageError` for a point that it doesn't hold."""
    held = [point.prm for point in read_perimetre(session, siren)]
    application = get_application(session, client_id)
    if unknown := {*(prms or ())} - {*held}:
        raise UsageError(f"le compte {siren} ne tient pas {', '.join(sorted(unknown))}.")
    points = [session.get_one(Point, prm) for prm in prms or held]
    fin = add_months(legal_date(now), 12)
    for point in points:
        give_consentement(session, application, f"SIREN {siren}", point, now, fin)

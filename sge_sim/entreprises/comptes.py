"""The accounts of companies, as their portal would make them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.clock import PREMIER_JOUR
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
from sge_sim.tables.prepared import Driver

_LONGEST: Final = 38
"""Letters of the name of an application, as on Data Connect."""


def create_entreprise(
    session: Session,
    siren: str,
    nom: str,
    autres_sirens: Sequence[str],
    services: Sequence[TypeServiceAcces] | None = None,
) -> CompteEntreprise:
    """Open the account of a company, with all the measure services unless some are named.

    Raises `UsageError` for a SIREN that isn't nine digits, or that has another account; the same is
    returned as it is.
    """
    _check_sirens((siren, *autres_sirens))
    said = {
        "autres_sirens": _others(siren, autres_sirens),
        "services": _checked(services),
    }
    found = session.get(CompteEntreprise, siren)
    if found is not None:
        same = found.nom == nom.strip()
        if same and all(getattr(found, name) == each for name, each in said.items()):
            return found
        raise UsageError(f"le SIREN {siren} a déjà un compte : sge-sim entreprises set le change.")
    if find_acteur(session, siren) is None:
        create_acteur(session, siren, _checked_name(nom), "tiers")
        add_contrat(session, siren, siren, PREMIER_JOUR)
    compte = CompteEntreprise(siren=siren, **said)
    session.add(compte)
    session.flush()
    compte.acteur.nom = _checked_name(nom)
    return compte


def change_entreprise(
    session: Session,
    siren: str,
    nom: str | None,
    autres_sirens: Sequence[str] | None,
    services: Sequence[TypeServiceAcces] | None,
) -> CompteEntreprise:
    """Change an account; what is None stays. Raises `UsageError` as `create_entreprise`, and where
    nothing changes."""
    compte = get_entreprise(session, siren)
    if (nom, autres_sirens, services) == (None, None, None):
        raise UsageError("rien à modifier : donner un nom, d'autres SIREN ou des services.")
    if nom is not None:
        compte.acteur.nom = _checked_name(nom)
    if autres_sirens is not None:
        _check_sirens(autres_sirens)
        compte.autres_sirens = _others(siren, autres_sirens)
    if services is not None:
        compte.services = _checked(services)
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


def _check_sirens(sirens: Sequence[str]) -> None:
    for siren in sirens:
        if not (len(siren) == 9 and siren.isascii() and siren.isdigit()):
            raise UsageError(f"« {siren} » n'est pas un SIREN : neuf chiffres.")


def _others(siren: str, sirens: Sequence[str]) -> list[str]:
    return [each for each in dict.fromkeys(sirens) if each != siren]


def _checked_name(nom: str) -> str:
    if not 1 <= len(nom.strip()) <= _LONGEST:
        raise UsageError(f"« {nom} » n'est pas un nom : de 1 à {_LONGEST} caractères.")
    return nom.strip()


def _checked(given: Sequence[TypeServiceAcces] | None) -> list[TypeServiceAcces]:
    unknown = [each for each in given or () if each not in SERVICES_OUVERTS]
    if unknown:
        known = ", ".join(SERVICES_OUVERTS)
        raise UsageError(f"service inconnu : {', '.join(unknown)} ; il y a {known}.")
    return list(dict.fromkeys(SERVICES_OUVERTS if given is None else given))

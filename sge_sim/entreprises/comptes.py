"""The accounts of companies and their applications, as their portal would make them."""

from collections.abc import Collection, Sequence
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.errors import UsageError, require_found
from sge_sim.machine import monde
from sge_sim.tables.entreprises import (
    SERVICES_OUVERTS,
    TITRES,
    ApplicationEntreprise,
    CompteEntreprise,
    PointTenu,
    held_points,
)
from sge_sim.tables.prepared import Driver

T = TypeVar("T", bound=str)
_SAID: Final = ("nom", "autres_sirens", "services")
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
    compte = CompteEntreprise(
        siren=siren,
        nom=_checked_name(nom),
        autres_sirens=_others(siren, autres_sirens),
        services=_checked(services, SERVICES_OUVERTS, "service"),
    )
    found = session.get(CompteEntreprise, siren)
    if found is not None:
        if all(getattr(found, name) == getattr(compte, name) for name in _SAID):
            return found
        raise UsageError(f"le SIREN {siren} a déjà un compte : sge-sim entreprises set le change.")
    session.add(compte)
    session.flush()
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
        compte.nom = _checked_name(nom)
    if autres_sirens is not None:
        _check_sirens(autres_sirens)
        compte.autres_sirens = _others(siren, autres_sirens)
    if services is not None:
        compte.services = _checked(services, SERVICES_OUVERTS, "service")
    return compte


def get_entreprise(session: Session, siren: str) -> CompteEntreprise:
    """Return an account; raises `UsageError` when there is no such one."""
    return require_found(
        session.get(CompteEntreprise, siren),
        f"aucune entreprise n'a de compte au SIREN « {siren} » : sge-sim entreprises list.",
        siren,
    )


def read_perimetre(session: Session, siren: str) -> list[PointTenu]:
    """Return the points that an account holds today, by PRM."""
    driver = Driver.under(session)
    found: list[PointTenu] = []
    for each in get_entreprise(session, siren).sirens:
        query, *bounds = held_points(each)
        found += query(driver, *bounds)
    return sorted(found, key=lambda point: point.prm)


def add_application(
    session: Session, siren: str, nom: str, titres: Sequence[str] | None
) -> ApplicationEntreprise:
    """Make an application of an account, with its credentials; all titles unless some are named."""
    application = ApplicationEntreprise(
        client_id=monde.urandom(16).hex(),
        secret=monde.token(32),
        nom=_checked_name(nom),
        siren=get_entreprise(session, siren).siren,
        titres=_checked(titres, TITRES, "titre"),
    )
    session.add(application)
    session.flush()
    return application


def set_titres(
    session: Session, siren: str, client_id: str, titres: Sequence[str] | None
) -> ApplicationEntreprise:
    """Change the interfaces that an application may use: all where none is named."""
    application = get_application_of(session, siren, client_id)
    application.titres = _checked(titres, TITRES, "titre")
    return application


def get_application_of(session: Session, siren: str, client_id: str) -> ApplicationEntreprise:
    """Return an application of an account; raises `UsageError` where it has no such one."""
    found = session.get(ApplicationEntreprise, client_id)
    return require_found(
        found if found is not None and found.siren == siren else None,
        f"aucune application du SIREN « {siren} » n'a l'identifiant « {client_id} » : "
        "sge-sim entreprises list.",
        client_id,
    )


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


def _checked(given: Sequence[T] | None, known: Collection[T], what: str) -> list[T]:
    """Return what is given, each once; all that is known where nothing is."""
    unknown = [each for each in given or () if each not in known]
    if unknown:
        raise UsageError(f"{what} inconnu : {', '.join(unknown)} ; il y a {', '.join(known)}.")
    return list(dict.fromkeys(known if given is None else given))

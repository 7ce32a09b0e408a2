"""Market actors as a tester changes them: logins, contracts, homologations, passwords.

A running simulator takes each change up on its next request, since all of them read the database.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import CONTRAT_OF_KIND, PACKAGES, Environment, KindActeur
from sge_sim.errors import UsageError, require_found
from sge_sim.machine.files import data_path
from sge_sim.referentiel.entries import ActeurEntry, ContratEntry, UtilisateurEntry
from sge_sim.referentiel.passwords import password_digest
from sge_sim.soap.contract import contract_files
from sge_sim.tables.acteurs import (
    Acteur,
    Contrat,
    Habilitation,
    Utilisateur,
    find_acteur,
    find_contrat,
    find_utilisateur,
    get_acteur,
    get_utilisateur,
)
from sge_sim.tables.base import Base

T = TypeVar("T")


def create_acteur(session: Session, code: str, nom: str, kind: KindActeur) -> Acteur:
    """Create an actor without login, contract nor homologation.

    Raises `UsageError` for a code that is taken or that doesn't suit.
    """
    entry = _checked(
        lambda: ActeurEntry(
            code=code, nom=nom, kind=kind, habilitations={}, utilisateurs=(), contrats=()
        ),
        f"L'acteur « {code} »",
    )
    if not entry.code.isalnum() or not entry.code.isascii():
        raise UsageError(f"L'acteur « {code} » : n'écrire que des lettres et des chiffres.")
    if find_acteur(session, entry.code) is not None:
        raise UsageError(f"L'acteur « {code} » existe déjà : choisir un autre code.")
    acteur = Acteur(code=entry.code, nom=entry.nom, kind=entry.kind)
    session.add(acteur)
    session.flush()
    return acteur


def rows_of_acteur(entry: ActeurEntry) -> Iterator[Base]:
    """Yield the rows of the users, contracts and homologations of an actor."""
    for utilisateur in entry.utilisateurs:
        yield Utilisateur(**utilisateur.model_dump(), acteur_code=entry.code)
    for contrat in entry.contrats:
        yield Contrat(**contrat.model_dump(), acteur_code=entry.code)
    for environnement, packages in entry.habilitations.items():
        for package in packages:
            yield Habilitation(acteur_code=entry.code, package=package, environnement=environnement)


def add_login(
    session: Session, code: str, login: str, services: Sequence[str] | None = None
) -> Utilisateur:
    """Add a user to an actor, or change which `services` (names) it may call: all without any.

    Raises `UsageError` for an unknown actor or service, what isn't an e-mail, or another actor's
    user.
    """
    acteur = get_acteur(session, code)
    check_services(services or ())
    entry = _checked(
        lambda: UtilisateurEntry(
            login=login.lower(), services=None if services is None else tuple(services)
        ),
        f"Le login « {login} »",
        "écrire une adresse de messagerie, avec deux caractères au moins avant et après @",
    )
    utilisateur = find_utilisateur(session, entry.login)
    if utilisateur is None:
        utilisateur = Utilisateur(login=entry.login, acteur_code=acteur.code)
        session.add(utilisateur)
    elif utilisateur.acteur_code != acteur.code:
        raise UsageError(
            f"Le login « {login} » est à l'acteur {utilisateur.acteur_code} : en donner un autre."
        )
    utilisateur.services = None if entry.services is None else list(entry.services)
    utilisateur.actif = True
    session.flush()
    return utilisateur


def set_password(session: Session, login: str, password: str) -> None:
    """Give a user the password of its HTTP Basic; raises `UsageError` for an unknown login."""
    utilisateur = get_utilisateur(session, login)
    if not password:
        raise UsageError("Un mot de passe vide ne protège rien : en donner un autre.")
    utilisateur.mot_de_passe = password_digest(password)


def add_contrat(
    session: Session,
    code: str,
    contrat_id: str,
    date_debut: date,
    date_fin: date | None = None,
) -> Contrat:
    """Add a contract to an actor, or change its dates; `date_fin` is its last day.

    Its type follows from the kind of the actor. Raises `UsageError` for an unknown actor, a
    number that doesn't suit or is another actor's, or an end before the beginning.
    """
    acteur = get_acteur(session, code)
    entry = _checked(
        lambda: ContratEntry(
            contrat_id=contrat_id,
            type=CONTRAT_OF_KIND[acteur.kind],
            date_debut=date_debut,
            date_fin=date_fin,
        ),
        f"Le contrat « {contrat_id} »",
    )
    if date_fin is not None and date_fin < date_debut:
        raise UsageError(f"Le contrat « {contrat_id} » finirait avant de commencer.")
    contrat = find_contrat(session, contrat_id)
    if contrat is not None and contrat.acteur_code != acteur.code:
        raise UsageError(
            f"Le contrat « {contrat_id} » est à l'acteur {contrat.acteur_code} : "
            "donner un autre numéro."
        )
    return session.merge(Contrat(**entry.model_dump(), acteur_code=acteur.code))


def habiliter(
    session: Session, code: str, package: str, environnement: Environment, *, retirer: bool = False
) -> str:
    """Record that an actor is homologated for a package, or no longer is with `retirer`.

    Returns how the package is written. Raises `UsageError` for an unknown actor or package.
    """
    acteur = get_acteur(session, code)
    found = require_found(
        package.lower() if package.lower() in PACKAGES else None,
        f"Le package « {package} » n'existe pas : choisir parmi {', '.join(PACKAGES)}.",
        package,
    )
    habilitation = Habilitation(acteur_code=acteur.code, package=found, environnement=environnement)
    kept = session.get(Habilitation, (acteur.code, found, environnement))
    if retirer and kept is not None:
        session.delete(kept)
    elif not retirer and kept is None:
        session.add(habilitation)
    session.flush()
    return found


def check_services(services: Sequence[str]) -> None:
    """Raise `UsageError` for a name that is no service's."""
    known = sorted({service for _, service, _ in contract_files(data_path("wsdl"))})
    for service in services:
        if service not in known:
            raise UsageError(
                f"Le service « {service} » n'existe pas : choisir parmi {', '.join(known)}."
            )


def _checked(make: Callable[[], T], what: str, remede: str = "le corriger") -> T:
    try:
        return make()
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(key) for key in first["loc"])
        said = first["ctx"]["error"] if first["type"] == "value_error" else remede
        raise UsageError(f"{what} ne convient pas ({field}) : {said}.") from error

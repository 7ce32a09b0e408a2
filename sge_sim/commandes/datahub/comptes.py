"""Accounts of Datahub, and what their roles are where something is asked."""

from sqlalchemy.orm import Session

from sge_sim.commandes.datahub.droits import DROITS, ActionDatahub, DemandeDatahub
from sge_sim.commandes.datahub.refus import check_datahub
from sge_sim.errors import UsageError
from sge_sim.referentiel.acteurs import get_acteur
from sge_sim.store.datahub import CompteDatahub, RoleDatahub


def get_compte(session: Session, email: str) -> CompteDatahub:
    """Return an account, whatever the capitals; raises `UsageError` when there is none."""
    compte = session.get(CompteDatahub, email.lower())
    if compte is None:
        raise UsageError(f"Aucun compte Datahub n'a l'adresse « {email} » : le créer d'abord.")
    return compte


def create_compte(session: Session, email: str, nom: str, acteur_code: str) -> CompteDatahub:
    """Open an account of an entity, without any role.

    Raises `UsageError` for an unknown entity, an address that is taken or isn't one.
    """
    acteur = get_acteur(session, acteur_code)
    before, _, after = email.partition("@")
    if not before or "." not in after or len(email) > 255 or any(one.isspace() for one in email):
        raise UsageError(f"« {email} » n'est pas une adresse de messagerie.")
    if session.get(CompteDatahub, email.lower()) is not None:
        raise UsageError(f"L'adresse « {email} » a déjà un compte Datahub.")
    compte = CompteDatahub(
        email=email.lower(), nom=_checked_nom(nom), acteur_code=acteur.code, acteur=acteur
    )
    session.add(compte)
    session.flush()
    return compte


def rename_compte(session: Session, par: str, email: str, nom: str) -> CompteDatahub:
    """Update a profile, as `par` (an e-mail) asks; raises `RefusDatahub` unless it is his own."""
    asking, compte = get_compte(session, par), get_compte(session, email)
    ask(
        "modifier_profil",
        DemandeDatahub(roles_of(session, asking), a_lui=asking.email == compte.email),
    )
    compte.nom = _checked_nom(nom)
    return compte


def roles_of(
    session: Session, compte: CompteDatahub, numero: str | None = None
) -> frozenset[RoleDatahub]:
    """Return the roles that somebody holds on a contract; on any of them without `numero`."""
    session.expire(compte, ["roles"])
    return frozenset(one.role for one in compte.roles if numero in (None, one.numero))


def ask(action: ActionDatahub, demande: DemandeDatahub) -> None:
    """Check a demand by the rules of its action; raises `RefusDatahub`."""
    check_datahub(DROITS[action], demande)


def _checked_nom(nom: str) -> str:
    if not nom.strip() or len(nom) > 255 or not nom.isprintable():
        raise UsageError("Un nom est à donner, de 255 caractères au plus.")
    return nom.strip()

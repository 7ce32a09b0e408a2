"""Accounts of Datahub, and what their roles are where something is asked."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.datahub.droits import DROITS, ActionDatahub, DemandeDatahub
from sge_sim.errors import UnknownError, UsageError
from sge_sim.referentiel.acteurs import get_acteur
from sge_sim.refus import check
from sge_sim.tables.datahub import CompteDatahub, ProfilDatahub, RoleDatahub

_LIBRE: Final = (re.compile(r".{1,255}"), "255 caractères au plus, sur une ligne")
_FORMES: Final[Mapping[str, tuple[re.Pattern[str], str]]] = MappingProxyType(
    {
        "code_postal": (re.compile(r"[0-9]{5}"), "cinq chiffres"),
        "telephone": (
            re.compile(r"\+?[0-9](?:[ .]?[0-9]){8,14}"),
            "neuf à quinze chiffres, après un + pour l'étranger",
        ),
    }
)
"""How the fields of a profile look, and in words (assumed: the FAQ names them alone)."""


def get_compte(session: Session, email: str) -> CompteDatahub:
    """Return an account, whatever the capitals; raises `UsageError` when there is none."""
    compte = session.get(CompteDatahub, email.lower())
    if compte is None:
        raise UnknownError(
            f"Aucun compte Datahub n'a l'adresse « {email} » : le créer d'abord.", email
        )
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


def update_compte(
    session: Session, par: str, email: str, nom: str | None = None, **profil: str | None
) -> CompteDatahub:
    """Update a profile, as `par` (an e-mail) asks: `profil` are fields of `ProfilDatahub`.

    What is None stays, what is empty is taken away, but for the name. Raises `Refus` unless
    it is his own, `UsageError` for what isn't as it should be.
    """
    asking, compte = get_compte(session, par), get_compte(session, email)
    ask(
        "modifier_profil",
        DemandeDatahub(roles_of(session, asking), a_lui=asking.email == compte.email),
    )
    if nom is not None:
        compte.nom = _checked_nom(nom)
    changes = {
        name: _checked_champ(name, text.strip()) or None
        for name, text in profil.items()
        if text is not None
    }
    compte.profil = replace(compte.profil or ProfilDatahub(), **changes)
    return compte


def roles_of(
    session: Session, compte: CompteDatahub, numero: str | None = None
) -> frozenset[RoleDatahub]:
    """Return the roles that somebody holds on a contract; on any of them without `numero`."""
    session.expire(compte, ["roles"])
    return frozenset(one.role for one in compte.roles if numero in (None, one.numero))


def ask(action: ActionDatahub, demande: DemandeDatahub) -> None:
    """Check a demand by the rules of its action; raises `Refus`."""
    check(DROITS[action], demande)


def _checked_nom(nom: str) -> str:
    if not nom.strip() or len(nom) > 255 or not nom.isprintable():
        raise UsageError("Un nom est à donner, de 255 caractères au plus.")
    return nom.strip()


def _checked_champ(name: str, text: str) -> str:
    forme, dite = _FORMES.get(name, _LIBRE)
    if text and (forme.fullmatch(text) is None or not text.isprintable()):
        raise UsageError(f"« {text[:50]} » ne convient pas pour {name} : {dite}.")
    return text

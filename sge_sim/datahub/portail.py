"""Accounts and applications of Datahub, and what the roles of an account are where it asks.

Applications of the sandbox are one's own, those of production the entity's.
`sge_sim.dataconnect.applications` makes them; here are who may and what a form of Datahub adds.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.dataconnect.applications import change_application, create_application
from sge_sim.datahub.droits import DROITS, ETAPES, ActionDatahub, DemandeDatahub, DossierContrat
from sge_sim.domaine.nomenclatures import ModeApplication, RoleDatahub, ServiceDatahub
from sge_sim.errors import UsageError, require_found
from sge_sim.refus import check
from sge_sim.tables.acteurs import get_acteur
from sge_sim.tables.dataconnect import APIS
from sge_sim.tables.datahub import (
    ApplicationDatahub,
    CompteDatahub,
    ProfilDatahub,
    contrats_datahub,
)

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
    found = session.get(CompteDatahub, email.lower())
    return require_found(
        found, f"Aucun compte Datahub n'a l'adresse « {email} » : le créer d'abord.", email
    )


def create_compte(session: Session, email: str, nom: str, acteur_code: str) -> CompteDatahub:
    """Open an account of an entity, without any role.

    Raises `UsageError` for an unknown entity, an address that is taken or isn't one.
    """
    acteur = get_acteur(session, acteur_code)
    before, _, after = email.partition("@")
    if (
        not before
        or "." not in after
        or len(email) > 255
        or any(character.isspace() for character in email)
    ):
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
    if nom is None and all(text is None for text in profil.values()):
        raise UsageError("rien à modifier : donner au moins un champ du profil.")
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
    return frozenset(held.role for held in compte.roles if numero in (None, held.numero))


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


API_D_AUTORISATION: Final = "subscribed_services"
"""What every application subscribes to (FAQ: the interface of authorisation is always included;
that it is this one is assumed)."""

MOST_LOGO: Final = 100_000
"""How many bytes a logo may have (assumed)."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"


def request_application(
    session: Session,
    par: str,
    *,
    mode: ModeApplication,
    nom: str,
    redirect_uri: str,
    apis: Sequence[str] | None = None,
    logo: bytes | None = None,
    service: ServiceDatahub = "fds",
) -> ApplicationDatahub:
    """Make an application as `par` (an e-mail) fills the form; all the APIs when `apis` is None.

    One of production is another application than that of the sandbox, which stays. Raises
    `Refus`, or `UsageError` as `create_application` and for a logo that isn't a small PNG.
    """
    asking = get_compte(session, par)
    _allowed(session, asking, mode, service, chez_lui=True, a_lui=True)
    made = create_application(
        session,
        nom=nom,
        acteur_code=asking.acteur_code,
        mode=mode,
        redirect_uri=redirect_uri,
        apis=_with_authorisation(tuple(APIS) if apis is None else apis),
    )
    declared = ApplicationDatahub(
        client_id=made.client_id,
        application=made,
        service=service,
        email=asking.email if mode == "bac_a_sable" else None,
        logo=_checked_logo(logo),
    )
    session.add(declared)
    session.flush()
    return declared


def update_application(
    session: Session,
    par: str,
    client_id: str,
    *,
    nom: str | None = None,
    redirect_uri: str | None = None,
    apis: Sequence[str] | None = None,
    logo: bytes | None = None,
) -> ApplicationDatahub:
    """Change an application made on Datahub; None leaves as is. Raises as `request_application`."""
    declared = _managed(session, par, client_id)
    if logo is None or (nom, redirect_uri, apis) != (None, None, None):
        change_application(
            session,
            client_id,
            nom=nom,
            redirect_uri=redirect_uri,
            apis=None if apis is None else _with_authorisation(apis),
        )
    declared.logo = declared.logo if logo is None else _checked_logo(logo)
    return declared


def remove_application(session: Session, par: str, client_id: str) -> None:
    """Delete an application made on Datahub, and its consents; raises `Refus`."""
    session.delete(_managed(session, par, client_id).application)


def get_application_datahub(session: Session, client_id: str) -> ApplicationDatahub:
    """Return an application made on Datahub; raises `UsageError` when there is no such one."""
    found = session.get(ApplicationDatahub, client_id)
    return require_found(
        found, f"Aucune application de Datahub n'a l'identifiant « {client_id} ».", client_id
    )


def _managed(session: Session, par: str, client_id: str) -> ApplicationDatahub:
    asking, declared = get_compte(session, par), get_application_datahub(session, client_id)
    _allowed(
        session,
        asking,
        declared.application.mode,
        declared.service,
        chez_lui=declared.application.acteur_code == asking.acteur_code,
        a_lui=declared.email == asking.email,
    )
    return declared


def _allowed(
    session: Session,
    asking: CompteDatahub,
    mode: ModeApplication,
    service: ServiceDatahub,
    *,
    chez_lui: bool,
    a_lui: bool,
) -> None:
    if mode == "bac_a_sable":
        ask("gerer_bac_a_sable", DemandeDatahub(roles_of(session, asking), a_lui=a_lui))
        return
    contrats = [
        contrat
        for contrat in contrats_datahub(session, asking.acteur_code)
        if contrat.service == "fds"
    ]
    roles: set[RoleDatahub] = set()
    for contrat in contrats:
        roles |= roles_of(session, asking, contrat.numero)
    ask("gerer_production", DemandeDatahub(frozenset(roles), service, chez_lui=chez_lui))
    active = any(contrat.etat == "actif" for contrat in contrats)
    check(ETAPES["en_production"], DossierContrat("actif" if active else None))


def _with_authorisation(apis: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((API_D_AUTORISATION, *apis)))


def _checked_logo(logo: bytes | None) -> bytes | None:
    if logo is not None and (not logo.startswith(_PNG) or len(logo) > MOST_LOGO):
        raise UsageError(f"Un logo est une image PNG de {MOST_LOGO} octets au plus.")
    return logo

"""Applications on Datahub: of the sandbox, one's own; of production, the entity's.

`sge_sim.dataconnect.applications` makes them; here are who may and what a form of Datahub adds.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.dataconnect.applications import change_application, create_application
from sge_sim.datahub.comptes import ask, get_compte, roles_of
from sge_sim.datahub.droits import DemandeDatahub
from sge_sim.datahub.vie_du_contrat import ETAPES, DossierContrat
from sge_sim.domaine.nomenclatures import ModeApplication
from sge_sim.errors import UnknownError, UsageError
from sge_sim.refus import check
from sge_sim.tables.dataconnect import APIS
from sge_sim.tables.datahub import (
    ApplicationDatahub,
    CompteDatahub,
    RoleDatahub,
    ServiceDatahub,
    contrats_datahub,
)

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
    declared = session.get(ApplicationDatahub, client_id)
    if declared is None:
        raise UnknownError(
            f"Aucune application de Datahub n'a l'identifiant « {client_id} ».", client_id
        )
    return declared


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
        one for one in contrats_datahub(session, asking.acteur_code) if one.service == "fds"
    ]
    roles: set[RoleDatahub] = set()
    for one in contrats:
        roles |= roles_of(session, asking, one.numero)
    ask("gerer_production", DemandeDatahub(frozenset(roles), service, chez_lui=chez_lui))
    active = any(one.etat == "actif" for one in contrats)
    check(ETAPES["en_production"], DossierContrat("actif" if active else None))


def _with_authorisation(apis: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((API_D_AUTORISATION, *apis)))


def _checked_logo(logo: bytes | None) -> bytes | None:
    if logo is not None and (not logo.startswith(_PNG) or len(logo) > MOST_LOGO):
        raise UsageError(f"Un logo est une image PNG de {MOST_LOGO} octets au plus.")
    return logo

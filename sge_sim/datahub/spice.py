"""SPICE: who gives users of SGE their rights, and the tickets that hand in a new certificate.

The FAQ names the habilitateurs and the main one, whom the PKI keys are sent to; what each may do
is assumed. A ticket renews a certificate of production.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal

from cryptography import x509
from sqlalchemy.orm import Session

from sge_sim.clock import legal_date
from sge_sim.door.certificats import register_certificate
from sge_sim.errors import UsageError, require_found
from sge_sim.pki.certificates import tolerated_serial_numbers
from sge_sim.pki.deadlines import in_legal_time, renewal_deadline
from sge_sim.referentiel.acteurs import add_login
from sge_sim.refus import Control, check, rule
from sge_sim.tables.acteurs import (
    Utilisateur,
    find_utilisateur,
    get_acteur,
    get_utilisateur,
    registered_certificats,
)
from sge_sim.tables.datahub import Habilitateur, TicketSpice

_ROLE: Final = (
    "FAQ : les habilitateurs gèrent les accès à SGE de leur entité ; le détail est à nous"
)


@dataclass(frozen=True, slots=True)
class DemandeHabilitation:
    """What a user of SGE asks about another, or about himself (`sur_lui`).

    `actif`: the login of the other isn't shut out of SGE.
    """

    habilitateur: bool
    principal: bool
    meme_entite: bool
    sur_lui: bool = False
    actif: bool = True


@rule("DHB301", source=_ROLE, provenance="assumed", remede="la demande d'un habilitateur")
def demandeur_est_habilitateur(demande: DemandeHabilitation) -> bool | str:
    """Rights in SGE are given by a habilitateur."""
    return demande.habilitateur or "Vous n'êtes pas habilitateur"


@rule("DHB302", source=_ROLE, provenance="assumed", remede="un utilisateur de son entité")
def utilisateur_de_la_meme_entite(demande: DemandeHabilitation) -> bool | str:
    """A habilitateur manages the users of his own entity."""
    return demande.meme_entite or "Cet utilisateur n'appartient pas à votre entité"


@rule("DHB303", source=_ROLE, provenance="assumed", remede="la demande de l'habilitateur principal")
def habilitateur_designe_par_le_principal(demande: DemandeHabilitation) -> bool | str:
    """The main habilitateur alone names others."""
    return demande.principal or "Seul l'habilitateur principal désigne des habilitateurs"


@rule("DHB304", source=_ROLE, provenance="assumed", remede="la demande d'un autre habilitateur")
def droits_retires_a_un_autre(demande: DemandeHabilitation) -> bool | str:
    """A habilitateur doesn't shut himself out."""
    return not demande.sur_lui or "Un habilitateur ne se retire pas ses propres droits"


@rule("DHB305", source=_ROLE, provenance="assumed", remede="un login actif")
def habilitateur_a_un_login_actif(demande: DemandeHabilitation) -> bool | str:
    """Who is named habilitateur has a login that is active: another could do nothing."""
    return demande.actif or "Ce login n'est plus actif dans SGE"


HABILITATIONS: Final[
    Mapping[Literal["donner", "retirer", "designer"], tuple[Control[DemandeHabilitation], ...]]
] = MappingProxyType(
    {
        "donner": (demandeur_est_habilitateur, utilisateur_de_la_meme_entite),
        "retirer": (
            demandeur_est_habilitateur,
            utilisateur_de_la_meme_entite,
            droits_retires_a_un_autre,
        ),
        "designer": (
            demandeur_est_habilitateur,
            utilisateur_de_la_meme_entite,
            habilitateur_designe_par_le_principal,
            habilitateur_a_un_login_actif,
        ),
    }
)
"""The rules of what a habilitateur does, in the order in which they are checked."""


def name_main_habilitateur(session: Session, login: str) -> Habilitateur:
    """Make a user the main habilitateur of his entity, as its contract does.

    Raises `Refus` for a login that is inactive, `UsageError` when there is no such one.
    """
    utilisateur = get_utilisateur(session, login)
    check(
        (habilitateur_a_un_login_actif,),
        DemandeHabilitation(
            habilitateur=True, principal=True, meme_entite=True, actif=utilisateur.actif
        ),
    )
    for colleague in utilisateur.acteur.utilisateurs:
        held = session.get(Habilitateur, colleague.login)
        if held is not None:
            held.principal = False
    session.flush()
    return session.merge(Habilitateur(login=utilisateur.login, principal=True))


def give_rights(
    session: Session, par: str, login: str, services: Sequence[str] | None
) -> Utilisateur:
    """Create a user of the entity of `par` (a login), or change what he may call: all if None.

    Raises `Refus`, or `UsageError` for an unknown service or what isn't an e-mail.
    """
    asking = get_utilisateur(session, par)
    existing = find_utilisateur(session, login)
    _check(session, "donner", asking, existing)
    return add_login(session, asking.acteur_code, login, services)


def remove_rights(session: Session, par: str, login: str) -> Utilisateur:
    """Shut a user out of SGE; raises `Refus`, or `UsageError` when there is no such one."""
    asking, utilisateur = get_utilisateur(session, par), get_utilisateur(session, login)
    _check(session, "retirer", asking, utilisateur)
    utilisateur.actif = False
    return utilisateur


def name_habilitateur(session: Session, par: str, login: str) -> Habilitateur:
    """Make a user a habilitateur, as the main one asks; raises `Refus`."""
    asking, utilisateur = get_utilisateur(session, par), get_utilisateur(session, login)
    _check(session, "designer", asking, utilisateur)
    held = session.get(Habilitateur, utilisateur.login)
    return held or session.merge(Habilitateur(login=utilisateur.login, principal=False))


def _check(
    session: Session,
    action: Literal["donner", "retirer", "designer"],
    asking: Utilisateur,
    concerned: Utilisateur | None,
) -> None:
    held = session.get(Habilitateur, asking.login) if asking.actif else None
    check(
        HABILITATIONS[action],
        DemandeHabilitation(
            habilitateur=held is not None,
            principal=held is not None and held.principal,
            meme_entite=concerned is None or concerned.acteur_code == asking.acteur_code,
            sur_lui=concerned is asking,
            actif=concerned is None or concerned.actif,
        ),
    )


def open_ticket(session: Session, acteur_code: str, pem: str, now: datetime) -> TicketSpice:
    """Open a ticket with the new certificate, first of `pem`, its intermediates after it.

    It is due 15 working days before the end of the actor's production certificate that lasts
    longest (FAQ); one that comes late is taken all the same, and says so (assumed). The
    certificate isn't judged here: the door does. `now` is the machine's time. Raises `UsageError`
    for an unknown actor, or a text without a certificate.
    """
    acteur = get_acteur(session, acteur_code)
    read_chain(pem)
    ends = [
        certificat.not_after
        for certificat in registered_certificats(session, "production")
        if certificat.acteur_code == acteur.code
    ]
    ticket = TicketSpice(
        acteur_code=acteur.code,
        pem=pem,
        echeance=renewal_deadline(in_legal_time(max(ends)).date()) if ends else None,
        ouvert_at=now,
    )
    session.add(ticket)
    session.flush()
    return ticket


def close_ticket(session: Session, ticket_id: int, now: datetime) -> TicketSpice:
    """Close a ticket, as Enedis does: its certificate is registered for production.

    Raises `UsageError` for a ticket that doesn't exist or is closed.
    """
    found = session.get(TicketSpice, ticket_id)
    ticket = require_found(found, f"Aucun ticket n'a le numéro {ticket_id}.", ticket_id)
    if ticket.clos_at is not None:
        raise UsageError(f"Le ticket {ticket_id} est déjà clos.")
    acteur = get_acteur(session, ticket.acteur_code)
    register_certificate(session, acteur, read_chain(ticket.pem), "production")
    ticket.clos_at = now
    return ticket


def came_late(ticket: TicketSpice) -> bool:
    """Tell whether a ticket was opened after the last day that it should have been."""
    day: date = legal_date(ticket.ouvert_at)
    return ticket.echeance is not None and day > ticket.echeance


def read_chain(pem: str) -> list[x509.Certificate]:
    """Return the certificates of a text; raises `UsageError` where there is none."""
    try:
        with tolerated_serial_numbers():
            return x509.load_pem_x509_certificates(pem.encode("ascii"))
    except ValueError:
        raise UsageError("Le ticket porte un certificat en PEM ; il n'y en a pas ici.") from None

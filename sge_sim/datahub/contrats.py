"""Contracts of service on Datahub: drafted, signed, active, terminated, and their contacts."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date
from sge_sim.datahub.droits import (
    ETAPES,
    ActionDatahub,
    DemandeDatahub,
    DossierContrat,
    EtapeContrat,
)
from sge_sim.datahub.portail import ask, get_compte, roles_of
from sge_sim.domaine.nomenclatures import RoleDatahub, ServiceDatahub
from sge_sim.errors import UsageError, require_found
from sge_sim.flux.canaux import check_canal
from sge_sim.flux.chiffrement import chiffrement
from sge_sim.flux.declaration import declare_canal
from sge_sim.referentiel.acteurs import add_contrat
from sge_sim.refus import check
from sge_sim.tables.acteurs import Contrat, find_contrat
from sge_sim.tables.datahub import AnnexeSi, ContratDatahub, EtatContratDatahub, Interlocuteur


def get_contrat_datahub(session: Session, numero: str) -> ContratDatahub:
    """Return a contract; raises `UsageError` when there is none of that number."""
    found = session.get(ContratDatahub, numero)
    return require_found(found, f"Aucun contrat Datahub n'a le numéro « {numero} ».", numero)


def draft_contrat(
    session: Session, numero: str, contractuel: str, today: date, service: ServiceDatahub = "fds"
) -> ContratDatahub:
    """Open a contract of the entity of `contractuel` (an e-mail), its first contractual contact.

    It is a draft; where SGE already knows that contract of the entity's, it is active, or
    terminated if it has ended by `today` (legal). Raises `UsageError` for a number that is taken
    or doesn't suit.
    """
    compte = get_compte(session, contractuel)
    if not numero.isascii() or not numero.isalnum() or len(numero) > 15:
        raise UsageError(f"Le contrat « {numero} » : 15 lettres ou chiffres au plus.")
    if session.get(ContratDatahub, numero) is not None:
        raise UsageError(f"Le contrat « {numero} » est déjà sur Datahub.")
    known = find_contrat(session, numero)
    if known is not None and known.acteur_code != compte.acteur_code:
        raise UsageError(f"Le contrat « {numero} » est à l'acteur {known.acteur_code}.")
    contrat = ContratDatahub(
        numero=numero,
        acteur_code=compte.acteur_code,
        acteur=compte.acteur,
        service=service,
        etat=_known_etat(known, today),
        raison_sociale=compte.acteur.nom,
    )
    _give_role(contrat, compte.email, "contractuel")
    session.add(contrat)
    session.flush()
    return contrat


def name_representant(session: Session, numero: str, email: str) -> ContratDatahub:
    """Name the legal representative, in place of the one before, as the annex of contacts does.

    Raises `UsageError` for a person of another entity.
    """
    contrat, compte = get_contrat_datahub(session, numero), get_compte(session, email)
    if compte.acteur_code != contrat.acteur_code:
        raise UsageError(f"{compte.email} n'appartient pas à l'entité du contrat.")
    for row in [row for row in contrat.interlocuteurs if row.role == "representant"]:
        contrat.interlocuteurs.remove(row)
    session.flush()
    _give_role(contrat, compte.email, "representant")
    session.flush()
    return contrat


def consult_contrat(session: Session, par: str, numero: str) -> ContratDatahub:
    """Return a contract to somebody (`par`, an e-mail); raises `Refus`."""
    return _asked(session, par, numero, "consulter_contrat")


def update_contrat(
    session: Session,
    par: str,
    numero: str,
    *,
    raison_sociale: str | None = None,
    siret: str | None = None,
) -> ContratDatahub:
    """Update the data of a contract; what is None stays. Raises `Refus`, or `UsageError`
    for values that don't suit.
    """
    contrat = _asked(session, par, numero, "modifier_contrat", "modifier")
    if (raison_sociale, siret) == (None, None):
        raise UsageError("rien à modifier : donner une raison sociale ou un SIRET.")
    if siret is not None and not (len(siret) == 14 and siret.isascii() and siret.isdigit()):
        raise UsageError("Un SIRET compte 14 chiffres.")
    if raison_sociale is not None and not 0 < len(raison_sociale.strip()) <= 255:
        raise UsageError("Une raison sociale est à donner, de 255 caractères au plus.")
    contrat.raison_sociale = raison_sociale or contrat.raison_sociale
    contrat.siret = siret or contrat.siret
    return contrat


def fill_annexe(session: Session, par: str, numero: str, annexe: AnnexeSi) -> ContratDatahub:
    """Fill the SI annex: the channel where SGE's files will be delivered, at once if it is active.

    Raises `Refus`, or `UsageError` for a channel that doesn't suit.
    """
    contrat = _asked(session, par, numero, "remplir_annexe", "annexer")
    check_canal(annexe.type_canal, annexe.url)
    chiffrement(annexe.algorithme, annexe.cle, annexe.iv)
    contrat.annexe = annexe
    if contrat.etat == "actif":
        _declare(session, contrat)
    return contrat


def send_for_signature(session: Session, par: str, numero: str, now: datetime) -> ContratDatahub:
    """Send a draft to its legal representative; raises `Refus`."""
    contrat = _asked(session, par, numero, "envoyer_en_signature", "envoyer")
    contrat.etat, contrat.envoye_at = "a_signer", now
    return contrat


def sign_contrat(session: Session, par: str, numero: str, now: datetime) -> ContratDatahub:
    """Sign a contract; raises `Refus` but for its legal representative."""
    contrat = _asked(session, par, numero, "signer_contrat", "signer")
    contrat.etat, contrat.signe_at = "signe", now
    return contrat


def activate_contrat(session: Session, numero: str, now: datetime) -> ContratDatahub:
    """Make a signed contract active, as Enedis does: SGE knows it from today, with its channel.

    Raises `Refus` unless it is signed.
    """
    contrat = get_contrat_datahub(session, numero)
    check(ETAPES["activer"], _dossier(contrat))
    add_contrat(session, contrat.acteur_code, numero, legal_date(now))
    session.flush()
    contrat.etat = "actif"
    _declare(session, contrat)
    return contrat


def terminate_contrat(session: Session, par: str, numero: str, now: datetime) -> ContratDatahub:
    """Terminate a contract: today is its last day in SGE. Raises `Refus`."""
    contrat = _asked(session, par, numero, "resilier_contrat", "resilier")
    contrat.etat = "resilie"
    known = find_contrat(session, numero)
    if known is not None:
        known.date_fin = max(known.date_debut, legal_date(now))
    return contrat


def add_interlocuteur(
    session: Session, par: str, numero: str, email: str, role: RoleDatahub
) -> ContratDatahub:
    """Give a person of the entity a role of contact on a contract; raises `Refus`."""
    if role == "representant":
        raise UsageError("Le représentant légal n'est pas un interlocuteur : le désigner à part.")
    asking, contrat = get_compte(session, par), get_contrat_datahub(session, numero)
    added = get_compte(session, email)
    ask(
        "ajouter_interlocuteur",
        DemandeDatahub(
            roles_of(session, asking, numero),
            service=contrat.service,
            chez_lui=asking.acteur_code == added.acteur_code,
        ),
    )
    if not _holders(contrat, added.email, role):
        _give_role(contrat, added.email, role)
        session.flush()
    return contrat


def remove_interlocuteur(
    session: Session, par: str, numero: str, email: str, role: RoleDatahub
) -> ContratDatahub:
    """Take a role on a contract from somebody; raises `Refus`, or `UsageError` when he
    doesn't hold it.
    """
    # Two who remove each other at once: the second waits, and finds himself the last one.
    session.get(ContratDatahub, numero, with_for_update=True)
    asking, contrat = get_compte(session, par), get_contrat_datahub(session, numero)
    held = _holders(contrat, email.lower(), role)
    if not held and roles_of(session, asking, numero):
        raise UsageError(f"{email} n'a pas ce rôle sur le contrat « {numero} ».")
    contractuels = [row for row in contrat.interlocuteurs if row.role == "contractuel"]
    ask(
        "retirer_interlocuteur",
        DemandeDatahub(
            roles_of(session, asking, numero),
            service=contrat.service,
            dernier_contractuel=contractuels == held,
        ),
    )
    contrat.interlocuteurs.remove(held[0])
    session.flush()
    return contrat


def _known_etat(known: Contrat | None, today: date) -> EtatContratDatahub:
    if known is None:
        return "brouillon"
    return "resilie" if known.date_fin is not None and known.date_fin < today else "actif"


def _holders(contrat: ContratDatahub, email: str, role: RoleDatahub) -> list[Interlocuteur]:
    return [row for row in contrat.interlocuteurs if (row.email, row.role) == (email, role)]


def _give_role(contrat: ContratDatahub, email: str, role: RoleDatahub) -> None:
    held = Interlocuteur(numero=contrat.numero, email=email, role=role)
    contrat.interlocuteurs.append(held)


def _asked(
    session: Session,
    par: str,
    numero: str,
    action: ActionDatahub,
    etape: EtapeContrat | None = None,
) -> ContratDatahub:
    """Return the contract that `par` may act upon; his rights are checked before its state."""
    asking, contrat = get_compte(session, par), get_contrat_datahub(session, numero)
    ask(action, DemandeDatahub(roles_of(session, asking, numero), service=contrat.service))
    if etape is not None:
        check(ETAPES[etape], _dossier(contrat))
    return contrat


def _dossier(contrat: ContratDatahub) -> DossierContrat:
    return DossierContrat(
        contrat.etat,
        annexe=contrat.annexe is not None,
        representant=any(row.role == "representant" for row in contrat.interlocuteurs),
    )


def _declare(session: Session, contrat: ContratDatahub) -> None:
    """Make of the annex the channel of SGE's contract, from now on the only truth."""
    annexe = contrat.annexe
    if annexe is None:
        return
    declare_canal(
        session,
        contrat.numero,
        type_canal=annexe.type_canal,
        url=annexe.url,
        algorithme=annexe.algorithme,
        cle=annexe.cle,
        iv=annexe.iv,
    )
    contrat.annexe = None

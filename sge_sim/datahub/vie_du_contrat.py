"""What a contract, an application and a ticket must be for what is asked of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from sge_sim.refus import Control, rule
from sge_sim.tables.datahub import EtatContratDatahub

Etape = Literal["modifier", "annexer", "envoyer", "signer", "activer", "resilier", "en_production"]

_VIE: Final = "FAQ : contrat rédigé, signé par voie électronique, puis actif ; l'ordre est à nous"


@dataclass(frozen=True, slots=True)
class DossierContrat:
    """How far a contract is, and what it holds. `etat` is None where an entity has none active."""

    etat: EtatContratDatahub | None
    annexe: bool = False
    representant: bool = False


@rule("DHB201", source=_VIE, provenance="assumed", remede="un contrat en brouillon ou actif")
def contrat_se_modifie(dossier: DossierContrat) -> bool | str:
    """The data of a contract change in a draft or while it is active, not under signature."""
    return dossier.etat in ("brouillon", "actif") or "Le contrat ne se modifie pas dans cet état"


@rule("DHB202", source=_VIE, provenance="assumed", remede="un contrat en brouillon")
def contrat_en_brouillon(dossier: DossierContrat) -> bool | str:
    """Only a draft is sent for signature."""
    return dossier.etat == "brouillon" or "Le contrat a déjà été envoyé en signature"


@rule(
    "DHB203",
    source="FAQ : le représentant légal reçoit le courriel de signature",
    provenance="assumed",
    remede="la désignation d'un représentant légal",
)
def representant_designe(dossier: DossierContrat) -> bool | str:
    """A contract that is sent for signature names its legal representative."""
    return dossier.representant or "Aucun représentant légal n'est désigné"


@rule(
    "DHB204",
    source="FAQ : le canal de réception est dans l'annexe SI du contrat",
    provenance="assumed",
    remede="l'annexe SI remplie",
)
def annexe_remplie(dossier: DossierContrat) -> bool | str:
    """The SI annex of a contract is filled before it is sent for signature."""
    return dossier.annexe or "L'annexe SI n'est pas remplie"


@rule("DHB205", source=_VIE, provenance="assumed", remede="un contrat envoyé en signature")
def contrat_attend_sa_signature(dossier: DossierContrat) -> bool | str:
    """Only a contract that was sent for signature is signed."""
    return dossier.etat == "a_signer" or "Le contrat n'attend pas de signature"


@rule("DHB206", source=_VIE, provenance="assumed", remede="un contrat signé")
def contrat_est_signe(dossier: DossierContrat) -> bool | str:
    """Only a signed contract becomes active."""
    return dossier.etat == "signe" or "Le contrat n'est pas signé"


@rule("DHB207", source=_VIE, provenance="assumed", remede="un contrat actif")
def contrat_est_en_cours(dossier: DossierContrat) -> bool | str:
    """What is terminated, or goes to production, rests on an active contract."""
    return dossier.etat == "actif" or "Aucun contrat actif"


ETAPES: Final[Mapping[Etape, tuple[Control[DossierContrat], ...]]] = MappingProxyType(
    {
        "modifier": (contrat_se_modifie,),
        "annexer": (contrat_se_modifie,),
        "envoyer": (contrat_en_brouillon, representant_designe, annexe_remplie),
        "signer": (contrat_attend_sa_signature,),
        "activer": (contrat_est_signe,),
        "resilier": (contrat_est_en_cours,),
        "en_production": (contrat_est_en_cours,),
    }
)
"""The rules of each step, in the order in which they are checked."""

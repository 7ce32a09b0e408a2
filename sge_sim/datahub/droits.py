"""Who may do what on Datahub: the rights and the prohibitions of the FAQ, one rule each.

The codes of refusal are ours: the portal shows sentences, of which none is public. Where the FAQ
says nothing of a role the action is refused, by a rule of provenance `assumed`. What a contract, an
application or a ticket must be for what is asked of it stands here too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from sge_sim.domaine.nomenclatures import RoleDatahub, ServiceDatahub
from sge_sim.refus import Control, rule
from sge_sim.tables.datahub import EtatContratDatahub

ActionDatahub = Literal[
    "consulter_contrat",
    "modifier_contrat",
    "resilier_contrat",
    "remplir_annexe",
    "ajouter_interlocuteur",
    "retirer_interlocuteur",
    "envoyer_en_signature",
    "signer_contrat",
    "gerer_bac_a_sable",
    "gerer_production",
    "modifier_profil",
]

SERVICE: Final = "Datahub"
"""What completes the names of the rules of Datahub."""

_FAQ: Final = "FAQ Datahub, droits des interlocuteurs"
_SILENCE: Final = "la FAQ n'en dit rien pour ce rôle"
_CONTRACTUEL: Final = "la demande d'un interlocuteur contractuel habilité sur ce contrat"


@dataclass(frozen=True, slots=True)
class DemandeDatahub:
    """What somebody asks for on Datahub.

    `roles` are his on the contract; where there is none at stake, those on any contract of the
    service of his entity. `chez_lui`: who or what is concerned belongs to his entity. `a_lui`: it
    is his own account or application. `dernier_contractuel`: nobody contractual would be left.
    """

    roles: frozenset[RoleDatahub]
    service: ServiceDatahub = "fds"
    chez_lui: bool = True
    a_lui: bool = True
    dernier_contractuel: bool = False


@rule("DHB101", source=_FAQ, provenance="documented", remede="un contrat où il a un rôle")
def demandeur_habilite_sur_le_contrat(demande: DemandeDatahub) -> bool | str:
    """Whoever asks holds a role on the contract."""
    return bool(demande.roles) or "Vous n'êtes pas habilité sur ce contrat"


@rule(
    "DHB102",
    source=_FAQ,
    provenance="documented",
    remede="la demande d'un interlocuteur technique ou contractuel habilité",
)
def contrat_consulte_par_un_interlocuteur(demande: DemandeDatahub) -> bool | str:
    """A contract is consulted by a contact, not by the legal representative."""
    return (
        bool(demande.roles & {"technique", "contractuel"})
        or "Le représentant légal ne consulte pas le contrat"
    )


@rule("DHB103", source=_FAQ, provenance="documented", remede=_CONTRACTUEL)
def contrat_modifie_par_un_contractuel(demande: DemandeDatahub) -> bool | str:
    """The data of a contract are updated by a contractual contact alone."""
    return (
        "contractuel" in demande.roles
        or "Seul un interlocuteur contractuel met à jour les données du contrat"
    )


@rule("DHB104", source=_SILENCE, provenance="assumed", remede=_CONTRACTUEL)
def contrat_resilie_par_un_contractuel(demande: DemandeDatahub) -> bool | str:
    """A contract is terminated by a contractual contact alone."""
    return "contractuel" in demande.roles or "Seul un interlocuteur contractuel résilie le contrat"


@rule(
    "DHB105",
    source=_SILENCE,
    provenance="assumed",
    remede="la demande d'un interlocuteur technique ou contractuel habilité",
)
def annexe_remplie_par_un_interlocuteur(demande: DemandeDatahub) -> bool | str:
    """The SI annex is filled by a contact, not by the legal representative."""
    return (
        bool(demande.roles & {"technique", "contractuel"})
        or "L'annexe SI est remplie par un interlocuteur technique ou contractuel"
    )


@rule("DHB106", source=_FAQ, provenance="documented", remede="un contrat FDS")
def contrat_est_fds(demande: DemandeDatahub) -> bool | str:
    """Contacts are managed on a contract of service provider."""
    return demande.service == "fds" or "Les interlocuteurs ne se gèrent que sur un contrat FDS"


@rule("DHB107", source=_FAQ, provenance="documented", remede=_CONTRACTUEL)
def interlocuteur_ajoute_par_un_contractuel(demande: DemandeDatahub) -> bool | str:
    """A contact is added by a contractual contact alone."""
    return (
        "contractuel" in demande.roles
        or "Seul un interlocuteur contractuel ajoute un interlocuteur"
    )


@rule("DHB108", source=_FAQ, provenance="documented", remede="une personne de la même entité")
def interlocuteur_de_la_meme_entite(demande: DemandeDatahub) -> bool | str:
    """The contact who is added belongs to the entity of who adds him."""
    return demande.chez_lui or "Cette personne n'appartient pas à votre entité"


@rule(
    "DHB109",
    source=_FAQ,
    provenance="documented",
    remede="l'ajout préalable d'un autre interlocuteur contractuel",
)
def contractuel_reste_sur_le_contrat(demande: DemandeDatahub) -> bool | str:
    """The last contractual contact of a contract can't be removed."""
    return (
        not demande.dernier_contractuel
        or "Le dernier interlocuteur contractuel du contrat ne peut pas être retiré"
    )


@rule("DHB110", source=_SILENCE, provenance="assumed", remede=_CONTRACTUEL)
def interlocuteur_retire_par_un_contractuel(demande: DemandeDatahub) -> bool | str:
    """A contact's access is removed by a contractual contact alone."""
    return (
        "contractuel" in demande.roles
        or "Seul un interlocuteur contractuel retire l'accès d'un interlocuteur"
    )


@rule("DHB111", source=_FAQ, provenance="documented", remede="une application à lui")
def application_de_bac_a_sable_a_lui(demande: DemandeDatahub) -> bool | str:
    """A sandbox application is managed by the person whose it is."""
    return demande.a_lui or "Cette application de bac à sable n'est pas la vôtre"


@rule(
    "DHB112",
    source=_SILENCE,
    provenance="assumed",
    remede="la demande d'un utilisateur qui n'est pas seulement représentant légal",
)
def bac_a_sable_hors_representant(demande: DemandeDatahub) -> bool | str:
    """Who is a legal representative and nothing else has no sandbox application.

    Somebody without any role yet has: sandbox applications belong to the person.
    """
    return (
        demande.roles != {"representant"}
        or "Le représentant légal n'a pas d'application de bac à sable"
    )


@rule("DHB113", source=_FAQ, provenance="documented", remede="une application du service FDS")
def application_du_service_fds(demande: DemandeDatahub) -> bool | str:
    """A production application that is managed here is of the service of service providers."""
    return demande.service == "fds" or "Seules les applications du service FDS se gèrent ici"


@rule("DHB114", source=_FAQ, provenance="documented", remede="une application de son entité")
def application_de_son_entite(demande: DemandeDatahub) -> bool | str:
    """A production application belongs to the entity of who manages it."""
    return demande.chez_lui or "Cette application n'appartient pas à votre entité"


@rule(
    "DHB115",
    source=_FAQ,
    provenance="documented",
    remede="la demande d'un interlocuteur technique de l'entité",
)
def production_geree_par_un_technique(demande: DemandeDatahub) -> bool | str:
    """Production applications are managed by a technical contact alone."""
    return (
        "technique" in demande.roles
        or "Seul un interlocuteur technique gère les applications de production"
    )


@rule("DHB116", source=_FAQ, provenance="documented", remede="son propre profil")
def profil_a_lui(demande: DemandeDatahub) -> bool | str:
    """A profile is updated by the person whose it is."""
    return demande.a_lui or "Ce profil n'est pas le vôtre"


@rule(
    "DHB117",
    source=_SILENCE,
    provenance="assumed",
    remede="la demande d'un utilisateur qui n'est pas seulement représentant légal",
)
def profil_hors_representant(demande: DemandeDatahub) -> bool | str:
    """Who is a legal representative and nothing else doesn't update his profile here."""
    return demande.roles != {"representant"} or "Le représentant légal ne modifie pas de profil"


@rule("DHB118", source=_SILENCE, provenance="assumed", remede="le représentant légal du contrat")
def contrat_signe_par_le_representant(demande: DemandeDatahub) -> bool | str:
    """A contract is signed by its legal representative alone: the one whom Adobe writes to."""
    return "representant" in demande.roles or "Seul le représentant légal signe le contrat"


@rule(
    "DHB119",
    source="la FAQ ne dit pas qui envoie le contrat en signature",
    provenance="assumed",
    remede=_CONTRACTUEL,
)
def signature_demandee_par_un_contractuel(demande: DemandeDatahub) -> bool | str:
    """A contract is sent for signature by a contractual contact."""
    return (
        "contractuel" in demande.roles
        or "Seul un interlocuteur contractuel envoie le contrat en signature"
    )


DROITS: Final[Mapping[ActionDatahub, tuple[Control[DemandeDatahub], ...]]] = MappingProxyType(
    {
        "consulter_contrat": (
            demandeur_habilite_sur_le_contrat,
            contrat_consulte_par_un_interlocuteur,
        ),
        "modifier_contrat": (demandeur_habilite_sur_le_contrat, contrat_modifie_par_un_contractuel),
        "resilier_contrat": (demandeur_habilite_sur_le_contrat, contrat_resilie_par_un_contractuel),
        "remplir_annexe": (demandeur_habilite_sur_le_contrat, annexe_remplie_par_un_interlocuteur),
        "ajouter_interlocuteur": (
            demandeur_habilite_sur_le_contrat,
            contrat_est_fds,
            interlocuteur_ajoute_par_un_contractuel,
            interlocuteur_de_la_meme_entite,
        ),
        "retirer_interlocuteur": (
            demandeur_habilite_sur_le_contrat,
            contrat_est_fds,
            contractuel_reste_sur_le_contrat,
            interlocuteur_retire_par_un_contractuel,
        ),
        "envoyer_en_signature": (
            demandeur_habilite_sur_le_contrat,
            signature_demandee_par_un_contractuel,
        ),
        "signer_contrat": (demandeur_habilite_sur_le_contrat, contrat_signe_par_le_representant),
        "gerer_bac_a_sable": (application_de_bac_a_sable_a_lui, bac_a_sable_hors_representant),
        "gerer_production": (
            application_du_service_fds,
            application_de_son_entite,
            production_geree_par_un_technique,
        ),
        "modifier_profil": (profil_a_lui, profil_hors_representant),
    }
)
"""The rules of each action, in the order in which they are checked."""


EtapeContrat = Literal[
    "modifier", "annexer", "envoyer", "signer", "activer", "resilier", "en_production"
]

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


ETAPES: Final[Mapping[EtapeContrat, tuple[Control[DossierContrat], ...]]] = MappingProxyType(
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

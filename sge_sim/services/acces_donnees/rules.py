"""The control tables of the services about access services (GUI 0498 v1.1.0; GUI 0531 §3).

Their order is assumed. One service that isn't admissible refuses the whole order (GUI 0531 §1.3).
The stop takes the services of the former orders and the opposition too: it succeeds to
CommandeArretServiceSouscritMesures (assumed).
"""

from typing import Any

from sge_sim.refus import Control, rule
from sge_sim.services.acces_donnees.demande import (
    DemandeAccesMesures,
    DemandeArretAcces,
    DemandeOptionsAcces,
    DemandeOuverture,
    DemandeRenouvellement,
    published_by,
)
from sge_sim.services.acces_donnees.rules_communes import (
    ASKER_RULES,
    CONSENT_RULES,
    END_RULES,
    OWNED_RULES,
    services_connus,
    services_d_acces,
)
from sge_sim.services.acces_donnees.rules_offre import (
    OFFER_RULES,
    POINT_RULES,
    type_offert_au_segment,
    types_connus,
)
from sge_sim.services.ecarts import ecart_rules


@rule(
    "SGT570",
    source="GUI 0531 v1.1.0 : un service par type ; code supposé",
    provenance="assumed",
    remede="un seul serviceSouscrit par typeDonnees",
)
def un_service_par_type(demande: DemandeOuverture) -> bool:
    """Each type is asked for once."""
    return len(set(demande.types_donnees)) == len(demande.types_donnees)


@rule(
    "SGT570",
    source="GUI 0531 v1.1.0, exemple p. 41 ; une fin plus lointaine aussi : supposé",
    provenance="documented",
    remede="CommandeRenouvellementServicesAccesDonnees pour une fin plus lointaine, "
    "CommandeModificationOptionsServicesAccesDonnees pour d'autres options",
)
def services_pas_deja_actifs(demande: DemandeOuverture) -> bool:
    """The actor has none of the services already; another service renews them or changes them."""
    return not any(acces.among(demande.services, demande.contrat_id) for acces in demande.asked)


RULES_SERVICES: tuple[Control[Any], ...] = (
    *ASKER_RULES,
    types_connus,
    *CONSENT_RULES,
    *END_RULES,
    *POINT_RULES,
    *OFFER_RULES,
    un_service_par_type,
    services_pas_deja_actifs,
)


@rule(
    "SGT569",
    source="GUI 0531 v1.1.0 §3.3 ; code supposé",
    provenance="assumed",
    remede="une dateFin strictement postérieure à celle de chaque service ; un service sans fin ne "
    "se renouvelle pas",
)
def fin_repoussee(demande: DemandeRenouvellement) -> bool:
    """Each service ends strictly later than it did."""
    return all(
        service.date_fin is not None
        and (demande.date_fin is None or demande.date_fin > service.date_fin)
        for service in demande.connus
    )


RULES_RENOUVELLEMENT: tuple[Control[Any], ...] = (
    *ASKER_RULES,
    *CONSENT_RULES,
    services_connus,
    services_d_acces,
    *OWNED_RULES,
    *END_RULES,
    fin_repoussee,
)


@rule(
    "SGT589",
    source="AX.0466 v1.5.0, codes de l'arrêt ; arrêts qui passent par le compteur : supposé",
    provenance="assumed",
    remede="un point dont le compteur est téléopérable",
)
def compteur_a_portee(demande: DemandeArretAcces) -> bool:
    """The meter of a C5 or P4 is within reach, where it has to stop or resume recording."""
    return not demande.through_the_meter or demande.known_point.teleoperable


RULES_ARRET: tuple[Control[Any], ...] = (
    *ASKER_RULES,
    services_connus,
    *OWNED_RULES,
    compteur_a_portee,
)


@rule(
    "SGT562",
    source="GUI 0531 v1.1.0 §3.3.2 ; code supposé",
    provenance="assumed",
    remede="ajouterOptionsPublication ou supprimerOptionsPublication dans chaque service",
)
def une_modification_par_service(demande: DemandeOptionsAcces) -> bool:
    """Something is added to each service, or taken from it."""
    return all(
        modification.ajouts or modification.retraits for modification in demande.modifications
    )


@rule(
    "SGT562",
    source="GUI 0531 v1.1.0 §2.1 : obligatoire pour la courbe ; code supposé",
    provenance="assumed",
    remede="mesuresCorrigees dans chaque option de courbe à supprimer",
)
def nature_des_retraits_donnee(demande: DemandeOptionsAcces) -> bool:
    """A publication of the curve that is taken away says whether it was corrected."""
    return not any(
        option.of_curve and option.corrigees is None
        for modification in demande.modifications
        for option in modification.retraits
    )


@rule(
    "SGT4O3",
    source="GUI 0531 v1.1.0 §3.3.2 ; code supposé",
    provenance="assumed",
    remede="une option que RechercheServicesAccesDonnees donne sans dateFin",
)
def options_retirees_connues(demande: DemandeOptionsAcces) -> bool:
    """What is taken from a service was published by it."""
    return all(
        option.publie in published_by(service)
        for service, modification in demande.pairs()
        for option in modification.retraits
    )


@rule(
    "SGT570",
    source="GUI 0531 v1.1.0 §3.3.2 ; code supposé",
    provenance="assumed",
    remede="une option que le service n'a pas encore",
)
def options_ajoutees_nouvelles(demande: DemandeOptionsAcces) -> bool:
    """What is added to a service isn't published by it already."""
    return all(len(set(publie)) == len(publie) for publie in demande.publies)


RULES_MODIFICATION: tuple[Control[Any], ...] = (
    *ASKER_RULES,
    services_connus,
    services_d_acces,
    *OWNED_RULES,
    une_modification_par_service,
    nature_des_retraits_donnee,
    options_retirees_connues,
    options_ajoutees_nouvelles,
    *OFFER_RULES,
)


_GUIDE = "GUI 0498 v1.1.0"


@rule("SGT463", source=f"{_GUIDE} ; code supposé", provenance="assumed", remede="objetCode AME")
def objet_ame(demande: DemandeAccesMesures) -> bool:
    """The object of the demand is AME."""
    return demande.objet_code == "AME"


@rule(
    "SGT463",
    source=f"{_GUIDE} : GRD-F ou GRD-T, facultatif ; code supposé",
    provenance="assumed",
    remede="contratType GRD-F ou GRD-T, ou l'omettre",
)
def type_de_contrat_connu(demande: DemandeAccesMesures) -> bool:
    """The type of the contract, where it is told, is one of the guide's."""
    return demande.contrat_type in (None, "GRD-F", "GRD-T")


@rule(
    "SGT583",
    source=f"{_GUIDE}, exemple de refus",
    provenance="documented",
    remede="un seul de soutirage et injection à true",
)
def un_seul_sens(demande: DemandeAccesMesures) -> bool:
    """Exactly one direction is asked for."""
    return demande.soutirage != demande.injection


@rule(
    "SGT4H1",
    source=f"{_GUIDE} : dateDebut à la date du jour, au renouvellement aussi",
    provenance="documented",
    remede="dateDebut à la date du jour (celle de l'horloge simulée)",
)
def debut_aujourd_hui(demande: DemandeAccesMesures) -> bool:
    """The service starts today, and so does its renewal."""
    return demande.date_debut == demande.jour


@rule(
    "SGT4H8",
    source=f"{_GUIDE} §1 : pas sur un P4 ; code, et surplus d'un C5 mesuré comme un P4 : supposés",
    provenance="assumed",
    remede="PMAX en soutirage, ou un autre type ; CommandeServicesAccesDonnees la donne en "
    "injection",
)
def puissances_en_soutirage(demande: DemandeAccesMesures) -> bool:
    """Maximum powers are those of what a C5 or the C5 side of a point with surplus draws."""
    return "PMAX" not in demande.types or demande.sens == "SOUTIRAGE"


@rule(
    "SGT570",
    source=f"{_GUIDE} ; prolongation : V26.2 p. 39",
    provenance="documented",
    remede="une dateFin plus lointaine, qui prolonge le service",
)
def service_pas_deja_actif(demande: DemandeAccesMesures) -> bool:
    """The same service isn't active over all the period; a later end prolongs it."""
    known = demande.identical
    if known is None:
        return True
    later = demande.date_fin is None or (
        known.date_fin is not None and demande.date_fin > known.date_fin
    )
    return known.date_fin is not None and later


RULES_MESURES: tuple[Control[Any], ...] = (
    *ASKER_RULES,
    objet_ame,
    type_de_contrat_connu,
    types_connus,
    un_seul_sens,
    *CONSENT_RULES,
    debut_aujourd_hui,
    *END_RULES,
    *ecart_rules("CommanderAccesDonneesMesures", "1.0"),
    *POINT_RULES,
    type_offert_au_segment,
    puissances_en_soutirage,
    service_pas_deja_actif,
)

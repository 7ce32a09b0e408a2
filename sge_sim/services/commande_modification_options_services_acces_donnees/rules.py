"""The control table of CommandeModificationOptionsServicesAccesDonnees (GUI 0531 §3.2).

Its order is assumed.
"""

from typing import Any

from sge_sim.refus import Control, rule
from sge_sim.services.acces_donnees import ASKER_RULES
from sge_sim.services.acces_donnees_designes import (
    OWNED_RULES,
    services_connus,
    services_d_acces,
)
from sge_sim.services.acces_donnees_offre import OFFER_RULES
from sge_sim.services.commande_modification_options_services_acces_donnees.demande import (
    DemandeOptionsAcces,
    published_by,
)


@rule(
    "SGT562",
    source="GUI 0531 v1.1.0 §3.3.2 ; code supposé",
    provenance="assumed",
    remede="ajouterOptionsPublication ou supprimerOptionsPublication dans chaque service",
)
def une_modification_par_service(demande: DemandeOptionsAcces) -> bool:
    """Something is added to each service, or taken from it."""
    return all(one.ajouts or one.retraits for one in demande.modifications)


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
    return all(len(set(one)) == len(one) for one in demande.publies)


RULES: tuple[Control[Any], ...] = (
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

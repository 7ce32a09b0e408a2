"""The control table of CommandeCollectePublicationMesures (GUI 0469 v1.2.0; order assumed).

Only one hint of the order is known: without the client's agreement, a duration that is too long
isn't even looked at (observed 2022).
"""

from sge_sim.refus import Control
from sge_sim.services.acces import (
    contrat_connu,
    contrat_de_l_acteur,
    utilisateur_habilite,
)
from sge_sim.services.commande_collecte_publication_mesures.demande import DemandeCollecte
from sge_sim.services.commande_collecte_publication_mesures.rules_demande import (
    accord_donne,
    contrat_actif_sur_la_periode,
    corrigees_non_quotidiennes,
    courbe_brute_sur_c5,
    debut_aujourd_hui,
    debut_dans_l_annee,
    debut_non_passe,
    donnees_coherentes,
    duree_admise,
    fin_apres_debut,
    fin_non_passee,
    index_transmis,
    pas_autorise,
    periodicite_autorisee,
    point_connu,
    un_seul_sens,
    utilisateur_du_demandeur,
)
from sge_sim.services.commande_collecte_publication_mesures.rules_point import (
    client_non_oppose,
    compteur_compatible,
    compteur_teleoperable,
    contrat_en_injection,
    contrat_en_soutirage,
    etat_contractuel_admis,
    niveau_suffisant,
    point_alimente,
    sans_demande_identique_en_cours,
    sans_prestation_contractuelle_en_cours,
    sans_service_identique,
    service_offert_au_segment,
    situation_admise,
    soutirage_d_un_consommateur,
)
from sge_sim.services.ecarts import ecart_rules
from sge_sim.services.ordres import fourniture_definitive

RULES: tuple[Control[DemandeCollecte], ...] = (
    utilisateur_habilite,
    utilisateur_du_demandeur,
    contrat_connu,
    contrat_de_l_acteur,
    contrat_actif_sur_la_periode,
    point_connu,
    donnees_coherentes,
    accord_donne,
    *ecart_rules("CommandeCollectePublicationMesures", "3.0"),
    service_offert_au_segment,
    niveau_suffisant,
    debut_aujourd_hui,
    debut_non_passe,
    debut_dans_l_annee,
    fin_non_passee,
    fin_apres_debut,
    duree_admise,
    index_transmis,
    pas_autorise,
    periodicite_autorisee,
    courbe_brute_sur_c5,
    corrigees_non_quotidiennes,
    un_seul_sens,
    contrat_en_soutirage,
    contrat_en_injection,
    soutirage_d_un_consommateur,
    etat_contractuel_admis,
    situation_admise,
    fourniture_definitive,
    point_alimente,
    sans_prestation_contractuelle_en_cours,
    sans_demande_identique_en_cours,
    compteur_compatible,
    client_non_oppose,
    compteur_teleoperable,
    sans_service_identique,
)

_NO_FIELD = "Hérité des versions 1 et 2 : la version 3 n'a plus cette donnée."
UNREACHABLE_CODES = {
    "SGT423": _NO_FIELD,
    "SGT426": _NO_FIELD,
    "SGT427": _NO_FIELD,
    "SGT430": "Le schéma exige une personne physique ou morale : son absence est SGT562.",
    "SGT432": _NO_FIELD,
    "SGT433": _NO_FIELD,
    "SGT470": "Le guide ouvre le service aux fournisseurs, titulaires du point ou non.",
    "SGT4O1": "Un boîtier IP n'est exigé que pour l'infra-journalier (GUI 0481).",
    "SGT567": "Rien ne dit quelle option contractuelle devrait être active.",
    "SGT569": "Depuis SGE 20.4, une date de fin plus lointaine prolonge le service.",
}

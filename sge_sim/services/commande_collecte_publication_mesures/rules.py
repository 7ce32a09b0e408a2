"""The control table of CommandeCollectePublicationMesures (GUI 0469; order assumed).

Only one hint of the order is known: without the client's agreement, a duration that is too long
isn't even looked at (observed 2022).
"""

from sge_sim.services.acces import (
    contrat_d_un_autre_acteur,
    contrat_inconnu,
    utilisateur_sans_droit,
)
from sge_sim.services.commande_collecte_publication_mesures.demande import Demande
from sge_sim.services.commande_collecte_publication_mesures.rules_demande import (
    accord_absent,
    collecte_seule_d_index,
    contrat_inactif_sur_la_periode,
    corrigees_chaque_jour,
    corrigees_sur_c5,
    debut_different_d_aujourd_hui,
    debut_passe,
    debut_trop_lointain,
    donnees_incoherentes,
    duree_excessive,
    fin_avant_debut,
    fin_passee,
    pas_non_autorise,
    periodicite_non_autorisee,
    point_inconnu,
    sens_ambigu,
    utilisateur_etranger,
)
from sge_sim.services.commande_collecte_publication_mesures.rules_point import (
    client_oppose,
    compteur_incompatible,
    compteur_non_teleoperable,
    contrat_producteur,
    demande_identique_en_cours,
    etat_contractuel_refuse,
    niveau_insuffisant,
    point_coupe,
    prestation_contractuelle_en_cours,
    sans_contrat_en_injection,
    sans_contrat_en_soutirage,
    service_deja_actif,
    service_non_offert_au_segment,
    situation_refusee,
)
from sge_sim.services.ecarts import ecart_rules
from sge_sim.services.ordres import fourniture_provisoire
from sge_sim.services.rule import Rule

RULES: tuple[Rule[Demande], ...] = (
    utilisateur_sans_droit,
    utilisateur_etranger,
    contrat_inconnu,
    contrat_d_un_autre_acteur,
    contrat_inactif_sur_la_periode,
    point_inconnu,
    donnees_incoherentes,
    accord_absent,
    *ecart_rules("CommandeCollectePublicationMesures", "3.0"),
    service_non_offert_au_segment,
    niveau_insuffisant,
    debut_different_d_aujourd_hui,
    debut_passe,
    debut_trop_lointain,
    fin_passee,
    fin_avant_debut,
    duree_excessive,
    collecte_seule_d_index,
    pas_non_autorise,
    periodicite_non_autorisee,
    corrigees_sur_c5,
    corrigees_chaque_jour,
    sens_ambigu,
    sans_contrat_en_soutirage,
    sans_contrat_en_injection,
    contrat_producteur,
    etat_contractuel_refuse,
    situation_refusee,
    fourniture_provisoire,
    point_coupe,
    prestation_contractuelle_en_cours,
    demande_identique_en_cours,
    compteur_incompatible,
    client_oppose,
    compteur_non_teleoperable,
    service_deja_actif,
)

_NO_FIELD = "Hérité des versions 1 et 2 : la version 3 n'a plus cette donnée."
UNREACHABLE = {
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

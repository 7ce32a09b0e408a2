"""What the point must be for an order to be worked out, and the control table (GUI 0469 v1.2.0).

States: V26.2. The order of the table is assumed; only one hint of it is known: without the client's
agreement, a duration that is too long isn't even looked at (observed 2022).
"""

from sge_sim.domaine.nomenclatures import COMPTEURS_TELERELEVES, GRANDS_PRODUCTEURS, PRODUCTEURS
from sge_sim.refus import Control, rule
from sge_sim.services.acces import contrat_connu, contrat_de_l_acteur, utilisateur_habilite
from sge_sim.services.commande_collecte_publication_mesures.demande import DemandeCollecte
from sge_sim.services.commande_collecte_publication_mesures.rules_demande import (
    POINT_SGT400,
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
    un_seul_sens,
    utilisateur_du_demandeur,
)
from sge_sim.services.ecarts import ecart_rules
from sge_sim.services.ordres import fourniture_definitive, point_alimente


@rule(
    "SGT4H8",
    source="GUI 0469 v1.2.0 §1",
    provenance="documented",
    remede="sur un P4, la collecte seule de la courbe (CDC, transmissionRecurrente à false)",
)
def service_offert_au_segment(demande: DemandeCollecte) -> bool:
    """The service is offered to the segment: to a P4, the collection of the curve alone."""
    return demande.known_point.segment != "P4" or (demande.courbe and not demande.recurrente)


@rule(
    "SGT4H9",
    source="GUI 0469 v1.2.0 §1",
    provenance="documented",
    remede="un point C5 ou P4 de niveau d'ouverture aux services 2",
)
def niveau_suffisant(demande: DemandeCollecte) -> bool:
    """A C5 or P4 is opened to services of level 2."""
    return demande.known_point.grand or demande.known_point.ouvert_aux_mesures


@rule(
    "SGT587",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="injection, ou un point qui a un contrat en soutirage",
)
def contrat_en_soutirage(demande: DemandeCollecte) -> bool:
    """The client has a contract in soutirage where that direction is asked for."""
    if not demande.soutirage or not demande.known_point.en_service:
        return True
    return demande.known_point.contrat_soutirage


@rule(
    "SGT588",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="soutirage, ou un point qui a un contrat en injection",
)
def contrat_en_injection(demande: DemandeCollecte) -> bool:
    """The client has a contract in injection where that direction is asked for."""
    if not demande.injection or not demande.known_point.en_service:
        return True
    return demande.known_point.contrat_injection


@rule(
    "SGT466",
    source="AX.0466 v1.5.0 ; déclencheur supposé",
    provenance="assumed",
    remede="injection sur un point de production",
)
def soutirage_d_un_consommateur(demande: DemandeCollecte) -> bool:
    """What a producer's point consumes isn't subscribed to."""
    producteur = demande.known_point.segment in PRODUCTEURS
    return not (demande.soutirage and producteur and demande.known_point.en_service)


@rule(
    "SGT4M6",
    source="V26.2, tableau des états",
    provenance="documented",
    remede="un point en service ; en cours de résiliation convient à un grand point",
)
def etat_contractuel_admis(demande: DemandeCollecte) -> bool:
    """The point is in service; being terminated suits a large one, not a C5 or a P4."""
    etat = demande.known_point.etat_contractuel
    if etat == "ECRES":
        return demande.known_point.grand
    return etat not in ("RESIL", "IMPRO") or demande.known_point.segment in GRANDS_PRODUCTEURS


@rule(
    "SGT422",
    source="AX.0466 v1.5.0 ; déclencheur supposé ; regroupement : V26.2",
    provenance="assumed",
    remede="un point mis en service, accessible et hors d'un regroupement TURPE",
)
def situation_admise(demande: DemandeCollecte) -> bool:
    """The point has been commissioned, can be reached and isn't part of a TURPE grouping."""
    point = demande.known_point
    return point.etat_contractuel not in ("ECRAC", "INACCE") and not point.groupement_turpe


@rule(
    "SGT450",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point sans mise en service, changement de fournisseur ou de tarif en cours",
)
def sans_prestation_contractuelle_en_cours(demande: DemandeCollecte) -> bool:
    """No contractual operation is being worked out on the point."""
    return demande.known_point.operation_en_cours is None


@rule(
    "SGT431",
    source="AX.0466 v1.5.0 ; encore au stade DEMANDE : supposé",
    provenance="assumed",
    remede="attendre que le service déjà demandé soit actif (sge-sim clock advance)",
)
def sans_demande_identique_en_cours(demande: DemandeCollecte) -> bool:
    """The same service isn't waiting already to be activated."""
    return all(service.etat != "DEMANDE" for service in demande.identical)


@rule(
    "SGT476",
    source="V26.2 : ICE, PME-PMI et SAPHIR télérelevés",
    provenance="documented",
    remede="un point dont le compteur est un ICE, un PME-PMI ou un SAPHIR",
)
def compteur_compatible(demande: DemandeCollecte) -> bool:
    """The meter of a large point is one of those that are read from afar."""
    return (
        not demande.known_point.grand or demande.known_point.type_comptage in COMPTEURS_TELERELEVES
    )


@rule(
    "SGT4H7",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="des index, ou un point dont le client ne s'oppose pas (sge-sim points set "
    "--opposition non)",
)
def client_non_oppose(demande: DemandeCollecte) -> bool:
    """The client of a C5 doesn't oppose the recording of the curve."""
    point = demande.known_point
    return not (demande.courbe and not demande.known_point.grand and point.opposition_courbe)


@rule(
    "SGT589",
    source="OFF F300C_O3-NR",
    provenance="documented",
    remede="un point dont le compteur est téléopérable",
)
def compteur_teleoperable(demande: DemandeCollecte) -> bool:
    """The meter can be operated from afar at present."""
    return demande.known_point.teleoperable


@rule(
    "SGT570",
    source="AX.0466 v1.5.0 ; prolongation : GUI 0469 v1.2.0 §5.3",
    provenance="documented",
    remede="une dateFin plus lointaine, qui prolonge le service, ou une autre caractéristique",
)
def sans_service_identique(demande: DemandeCollecte) -> bool:
    """The same service isn't active over all the period already."""
    return all(demande.souscription.ends_after(service) for service in demande.identical)


RULES: tuple[Control[DemandeCollecte], ...] = (
    utilisateur_habilite,
    utilisateur_du_demandeur,
    contrat_connu,
    contrat_de_l_acteur,
    contrat_actif_sur_la_periode,
    POINT_SGT400,
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
    point_alimente.as_in("V26.2, tableau des états", "documented"),
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

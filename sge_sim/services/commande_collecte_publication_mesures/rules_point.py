"""What the point must be for an order to be worked out (GUI 0469 v1.2.0 §3; states: V26.2)."""

from sge_sim.domaine.nomenclatures import COMPTEURS_TELERELEVES, GRANDS_PRODUCTEURS
from sge_sim.refus import rule
from sge_sim.services.commande_collecte_publication_mesures.demande import DemandeCollecte


@rule(
    "SGT4H8",
    source="GUI 0469 v1.2.0 §1",
    provenance="documented",
    remede="sur un P4, la collecte seule de la courbe (CDC, transmissionRecurrente à false)",
)
def service_offert_au_segment(demande: DemandeCollecte) -> bool:
    """The service is offered to the segment: to a P4, the collection of the curve alone."""
    return demande.segment != "P4" or (demande.courbe and not demande.recurrente)


@rule(
    "SGT4H9",
    source="GUI 0469 v1.2.0 §1",
    provenance="documented",
    remede="un point C5 ou P4 de niveau d'ouverture aux services 2",
)
def niveau_suffisant(demande: DemandeCollecte) -> bool:
    """A C5 or P4 is opened to services of level 2."""
    return demande.grand or demande.known_point.ouvert_aux_mesures


@rule(
    "SGT587",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="injection, ou un point qui a un contrat en soutirage",
)
def contrat_en_soutirage(demande: DemandeCollecte) -> bool:
    """The client has a contract in soutirage where that direction is asked for."""
    if not demande.soutirage or not demande.en_service:
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
    if not demande.injection or not demande.en_service:
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
    producteur = demande.segment.startswith("P")
    return not (demande.soutirage and producteur and demande.en_service)


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
        return demande.grand
    return etat not in ("RESIL", "IMPRO") or demande.segment in GRANDS_PRODUCTEURS


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
    "SGT4B2",
    source="V26.2, tableau des états",
    provenance="documented",
    remede="un point alimenté ou limité",
)
def point_alimente(demande: DemandeCollecte) -> bool:
    """The point is supplied; a limited supply is one."""
    return demande.known_point.alimente or not demande.en_service


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
    return not demande.grand or demande.known_point.type_comptage in COMPTEURS_TELERELEVES


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
    return not (demande.courbe and not demande.grand and point.opposition_courbe)


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

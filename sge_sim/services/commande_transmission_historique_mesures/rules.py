"""The control table of CommandeTransmissionHistoriqueMesures (GUI 0453 v1.1.1; order assumed).

A period that begins before the last commissioning, or in which no curve was collected, isn't
refused: the file is cut, or empty (observed 2022; FAQ). The setting `historique_refused` has it
refused, as the codes that the service lists would have it.
"""

from typing import Final

from sge_sim.clock import add_months
from sge_sim.domaine.libelles import LISTES
from sge_sim.domaine.nomenclatures import (
    COMPTEURS_TELERELEVES,
    CONTRAT_OF_KIND,
    GRANDS_CONSOMMATEURS,
    PRODUCTEURS,
)
from sge_sim.refus import Control, hold, rule
from sge_sim.services.acces import CONTRACT_RULES, utilisateur_connu, utilisateur_de_l_acteur
from sge_sim.services.commande_transmission_historique_mesures.demande import (
    DemandeTransmissionHistorique,
)
from sge_sim.services.ordres import POINT_SGT402, demandeur_habilite, hors_regroupement_turpe

_GUIDE = "GUI 0453 v1.1.1"
_MONTHS: Final = {"CDC": 24, "IDX": 36}
_COMPTEURS_A_COURBE = COMPTEURS_TELERELEVES | {"LINKY"}


@rule(
    "SGT562",
    source="quatre clients publics envoient toujours enteteP, que le guide dit facultatif ; une "
    "suite de mars 2022 n'en envoie pas et attend un succès : exigé, par prudence ; code supposé",
    provenance="assumed",
    remede="l'en-tête enteteP (version, infoFonctionnelles/pointId, infoDemandeur/loginDemandeur), "
    "ou le simulateur avec --no-entete-historique-required et sans --profile fidele ; il n'est pas "
    "sûr que la plateforme réelle l'exige",
)
def entete_present(demande: DemandeTransmissionHistorique) -> bool:
    """The demand comes with its header, where it is insisted on."""
    return demande.entete or not demande.entete_required


@rule(
    "SGT4L3",
    source="AX.0466 v1.5.0 ; le service ne liste ni SGT504 ni SGT502",
    provenance="assumed",
    remede="le login d'un utilisateur de l'acteur dont le certificat est présenté",
)
def demandeur_identifie(demande: DemandeTransmissionHistorique) -> bool:
    """The login is that of a user of the actor from which the order comes."""
    return hold((utilisateur_connu, utilisateur_de_l_acteur), demande)


@rule(
    "SGT4M5",
    source="AX.0466 v1.5.0 ; types des contrats : GUI 0453 v1.1.1 §2",
    provenance="assumed",
    remede="un contrat GRD-F pour un fournisseur, Enedis-Tiers pour un tiers",
)
def type_de_contrat_coherent(demande: DemandeTransmissionHistorique) -> bool:
    """The contract is of the type that binds such an actor."""
    contrat = demande.acces.contrat
    return contrat is None or contrat.type == CONTRAT_OF_KIND[demande.acces.demandeur.kind]


@rule(
    "SGT4L4",
    source=f"{_GUIDE} §1 et §2 ; producteurs : supposé",
    provenance="assumed",
    remede="objetCode HDM, mesureType CDC ou IDX, et un point de consommation",
    indispensable=True,
)
def prestation_identifiee(demande: DemandeTransmissionHistorique) -> bool:
    """Object, kind of measures and segment lead to a prestation: none exists for producers."""
    return (
        demande.objet_code == "HDM"
        and demande.mesures_type in _MONTHS
        and demande.known_point.segment not in PRODUCTEURS
    )


@rule(
    "SGT4K2",
    source=f"{_GUIDE} ; SGT566, aussi listé, n'est pas employé",
    provenance="assumed",
    remede="accordClient à true : l'acteur s'engage à détenir l'accord du client",
)
def accord_donne(demande: DemandeTransmissionHistorique) -> bool:
    """The client agrees."""
    return demande.accord


@rule("SGT4K4", source=f"{_GUIDE} §2", provenance="documented", remede="dateFin après dateDebut")
def fin_apres_debut(demande: DemandeTransmissionHistorique) -> bool:
    """The period ends after its start."""
    return demande.date_fin > demande.date_debut


@rule(
    "SGT4K1",
    source=f"{_GUIDE} §2",
    provenance="documented",
    remede="dateFin à la date du jour ou avant (celle de l'horloge simulée)",
)
def fin_non_future(demande: DemandeTransmissionHistorique) -> bool:
    """The period doesn't end after today."""
    return demande.date_fin <= demande.acces.jour


@rule(
    "SGT4L8",
    source="OFF F380-NR1, F385B-NR1",
    provenance="documented",
    remede="dateDebut dans les 24 derniers mois pour une courbe, les 36 derniers pour des index",
)
def profondeur_admise(demande: DemandeTransmissionHistorique) -> bool:
    """A curve goes 24 months back, daily index 36."""
    oldest = add_months(demande.acces.jour, -_MONTHS[demande.mesures_type])
    return demande.date_debut >= oldest


@rule("SGT4M2", source="AX.0466 v1.5.0", provenance="documented", remede="un point mis en service")
def point_mis_en_service(demande: DemandeTransmissionHistorique) -> bool:
    """The point has been commissioned."""
    return demande.known_point.date_mise_en_service is not None


@rule(
    "SGT4M3",
    source="AX.0466 v1.5.0 ; résilié et déposé : supposé",
    provenance="assumed",
    remede="un point raccordé",
)
def point_raccorde(demande: DemandeTransmissionHistorique) -> bool:
    """The point is still connected."""
    return demande.known_point.etat_alimentation != "NRAC"


@rule(
    "SGT4M1",
    source="AX.0466 v1.5.0 ; SGT488, de même sens, n'est pas employé",
    provenance="documented",
    remede="un point en service",
)
def point_non_resilie(demande: DemandeTransmissionHistorique) -> bool:
    """The point isn't terminated."""
    return demande.known_point.etat_contractuel != "RESIL"


@rule(
    "SGT4M6",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point en service, en cours de résiliation compris",
)
def etat_contractuel_admis(demande: DemandeTransmissionHistorique) -> bool:
    """The point is in service."""
    return demande.known_point.en_service


@rule(
    "SGT4L1",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point dont le client a un contrat en soutirage",
)
def contrat_actif_sur_le_point(demande: DemandeTransmissionHistorique) -> bool:
    """A contract is active on the point."""
    return demande.known_point.contrat_soutirage


@rule(
    "SGT4N1",
    source="AX.0466 v1.5.0 ; une période qui chevauche la mise en service est coupée : observé "
    "en 2022, et supposé refusé quand rien n'en reste",
    provenance="assumed",
    remede="une dateFin (exclue) après la dernière mise en service du point",
)
def periode_du_client(demande: DemandeTransmissionHistorique) -> bool:
    """A day at least of the period is the client's: it ends after the last commissioning."""
    mise_en_service = demande.known_point.date_mise_en_service
    return mise_en_service is None or demande.date_fin > mise_en_service


@rule(
    "SGT4N1",
    source=f"{_GUIDE} §2 ; avec --historique-refused seulement",
    provenance="documented",
    remede="une dateDebut qui ne précède pas la dernière mise en service, ou le simulateur sans "
    "--historique-refused",
)
def debut_apres_la_mise_en_service(demande: DemandeTransmissionHistorique) -> bool:
    """The client held the point over the whole period, if `historique_refused` asks for it."""
    mise_en_service = demande.known_point.date_mise_en_service
    if not demande.tout_required or mise_en_service is None:
        return True
    return demande.date_debut >= mise_en_service


@rule(
    "SGT4M9",
    source=f"{_GUIDE} §1 ; C5 non ouvert : supposé",
    provenance="documented",
    remede="un point C5 de niveau d'ouverture aux services 2, ou une courbe (CDC)",
)
def index_quotidiens_disponibles(demande: DemandeTransmissionHistorique) -> bool:
    """Daily index are there on a C5 of level 2 alone."""
    return demande.courbe or (demande.c5 and demande.known_point.ouvert_aux_mesures)


@rule(
    "SGT4M8",
    source=f"{_GUIDE} §1 ; AX.0466 v1.5.0",
    provenance="documented",
    remede="un compteur qui enregistre une courbe ; un C5 de niveau d'ouverture aux services 2",
)
def compteur_a_courbe(demande: DemandeTransmissionHistorique) -> bool:
    """The meter records a curve; that of a C5 is opened to services of level 2."""
    point = demande.known_point
    if demande.c5 and not point.ouvert_aux_mesures:
        return False
    return point.type_comptage in _COMPTEURS_A_COURBE


@rule(
    "SGT4L9",
    source="AX.0466 v1.5.0 ; avec --historique-refused seulement ; C1-C4 : toujours collectés, "
    "supposé",
    provenance="documented",
    remede="une période où la courbe du C5 a été collectée, ou le simulateur sans "
    "--historique-refused",
)
def courbe_collectee(demande: DemandeTransmissionHistorique) -> bool:
    """A C5 curve was collected in the period, if `historique_refused` asks for it."""
    if not (demande.tout_required and demande.courbe and demande.c5):
        return True
    return any(
        debut < demande.date_fin and (fin is None or demande.date_debut < fin)
        for debut, fin in demande.collectes
    )


@rule(
    "SGT402",
    source=f"{_GUIDE} §2, qui ne dit pas le code",
    provenance="assumed",
    remede="sur un C5, mesureCorrigee à false et le client désigné (civilité M ou Mme) ; pasCdc "
    "de 10 min (C1-C4) ou 30 min (C5) pour une courbe, absent pour des index",
)
def conditions_d_utilisation_respectees(demande: DemandeTransmissionHistorique) -> bool:
    """The step is the one of the segment, for a curve alone; a C5 is raw and its client named."""
    if demande.courbe:
        dix_minutes = demande.known_point.segment in GRANDS_CONSOMMATEURS
        right_step = demande.pas == (10 if dix_minutes else 30)
    else:
        right_step = not demande.pas_envoye
    if not demande.c5:
        return right_step
    return (
        right_step
        and not demande.corrigees
        and demande.personne
        and demande.civilite_connue
        and (demande.secteur is None or demande.secteur in LISTES["secteurActivite"])
    )


RULES: tuple[Control[DemandeTransmissionHistorique], ...] = (
    entete_present,
    demandeur_identifie,
    demandeur_habilite,
    *CONTRACT_RULES,
    type_de_contrat_coherent,
    POINT_SGT402,
    prestation_identifiee,
    accord_donne,
    fin_apres_debut,
    fin_non_future,
    profondeur_admise,
    point_mis_en_service,
    point_raccorde,
    point_non_resilie,
    etat_contractuel_admis,
    hors_regroupement_turpe,
    contrat_actif_sur_le_point,
    periode_du_client,
    debut_apres_la_mise_en_service,
    index_quotidiens_disponibles,
    compteur_a_courbe,
    courbe_collectee,
    conditions_d_utilisation_respectees,
)

_CLIENT_CHANNEL = "Un tiers ou un fournisseur n'est pas le client final : réservé à un autre canal."
UNREACHABLE_CODES = {
    "SGT488": "De même sens que SGT4M1, qui est employé.",
    "SGT4L2": "Tout acteur connu de la plateforme est un fournisseur ou un tiers.",
    "SGT4L5": "Le schéma exige initiateurLogin : son absence est un message malformé.",
    "SGT4L6": _CLIENT_CHANNEL,
    "SGT4L7": "Le nom déclaré n'est confronté à rien : la déclaration est auditée après coup.",
    "SGT4M4": "SGE ne distingue pas ici un point non réceptionné d'un point jamais mis en service.",
    "SGT566": "De même sens que SGT4K2, qui est employé.",
}

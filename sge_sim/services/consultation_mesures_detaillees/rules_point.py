"""The part of the control table that looks at the point: its state, what is being worked out on
it, the contracts of its client (GUI 0488 v1.2.2 §5.3)."""

from sge_sim.refus import Control, rule
from sge_sim.services.consultation_mesures_detaillees.demande import ConsultationDetaillees


@rule(
    "SGT4M2", source="GUI 0488 v1.2.2 §5.3", provenance="documented", remede="un point en service"
)
def point_mis_en_service(consultation: ConsultationDetaillees) -> bool:
    """The point was commissioned once."""
    return consultation.facts.etat_contractuel != "ECRAC"


@rule(
    "SGT4M1", source="GUI 0488 v1.2.2 §5.3", provenance="documented", remede="un point en service"
)
def point_non_resilie(consultation: ConsultationDetaillees) -> bool:
    """The point isn't terminated, its connection still there."""
    point = consultation.facts
    return point.etat_contractuel != "RESIL" or point.etat_alimentation == "NRAC"


@rule(
    "SGT4M3",
    source="GUI 0488 v1.2.2 §5.3 ; point résilié et non raccordé : supposé",
    provenance="assumed",
    remede="un point raccordé et en service",
)
def point_raccorde(consultation: ConsultationDetaillees) -> bool:
    """The point doesn't need to be connected anew."""
    point = consultation.facts
    return point.etat_contractuel != "RESIL" or point.etat_alimentation != "NRAC"


@rule(
    "SGT422",
    source="GUI 0488 v1.2.2 §5.3 ; points improductifs et inaccessibles : supposé",
    provenance="assumed",
    remede="un point en service, ou en cours de résiliation",
)
def point_en_service(consultation: ConsultationDetaillees) -> bool:
    """The point is in service, being terminated included."""
    return consultation.en_service


@rule(
    "SGT477",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="attendre la fin de la mise en service",
)
def sans_mise_en_service_en_cours(consultation: ConsultationDetaillees) -> bool:
    """No commissioning is being worked out."""
    return consultation.facts.operation_en_cours != "MES"


@rule(
    "SGT478",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="attendre la fin du changement de fournisseur",
)
def sans_changement_de_fournisseur_en_cours(consultation: ConsultationDetaillees) -> bool:
    """No change of supplier is being worked out."""
    return consultation.facts.operation_en_cours != "CFN"


@rule(
    "SGT480",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="attendre la fin de la modification contractuelle",
)
def sans_modification_contractuelle_en_cours(consultation: ConsultationDetaillees) -> bool:
    """No change of the contract is being worked out."""
    return consultation.facts.operation_en_cours != "CTF"


@rule(
    "SGT4L1",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="un point dont le client a un contrat, en soutirage ou en injection",
)
def point_sous_contrat(consultation: ConsultationDetaillees) -> bool:
    """The client of the point has a contract there, in one direction at least."""
    point = consultation.facts
    return point.contrat_soutirage or point.contrat_injection


@rule(
    "SGT473",
    source="GUI 0488 v1.2.2 §5.3 ; la demande ne nomme pas le contrat : l'un d'eux suffit, supposé",
    provenance="assumed",
    remede="un jour où l'acteur a un contrat en cours avec Enedis (sge-sim acteurs list)",
)
def acteur_sous_contrat(consultation: ConsultationDetaillees) -> bool:
    """The calling actor has a contract that runs on the day of the call."""
    return consultation.contrat_actif


@rule(
    "SGT4M7",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="un point qui n'est pas d'un regroupement TURPE",
)
def hors_regroupement_turpe(consultation: ConsultationDetaillees) -> bool:
    """The point isn't a TURPE grouping."""
    return not consultation.facts.groupement_turpe


@rule(
    "SGT587",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="le sens du contrat du client : injection pour un producteur",
)
def contrat_de_soutirage(consultation: ConsultationDetaillees) -> bool:
    """The client has a contract for what it draws, if that is what is asked for."""
    soutirage = consultation.demande.sens == ("SOUTIRAGE",)
    return not soutirage or consultation.facts.contrat_soutirage


@rule(
    "SGT588",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="le sens du contrat du client : soutirage pour un consommateur",
)
def contrat_d_injection(consultation: ConsultationDetaillees) -> bool:
    """The client has a contract for what it injects, if that is what is asked for."""
    injection = consultation.demande.sens == ("INJECTION",)
    return not injection or consultation.facts.contrat_injection


@rule(
    "SGT4N5",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="un point dont le client ne s'oppose pas à l'enregistrement de sa courbe",
)
def client_non_oppose(consultation: ConsultationDetaillees) -> bool:
    """The client of a C5 or P4 doesn't oppose the recording of the curve that is asked for."""
    courbe = consultation.demande.type == "COURBE"
    return not (courbe and consultation.petit and consultation.facts.opposition_courbe)


@rule(
    "SGT589",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="un compteur téléopérable",
)
def compteur_teleoperable(consultation: ConsultationDetaillees) -> bool:
    """The meter can be operated from afar."""
    return consultation.facts.teleoperable


SITUATION_RULES: tuple[Control[ConsultationDetaillees], ...] = (
    point_mis_en_service,
    point_non_resilie,
    point_raccorde,
    point_en_service,
    sans_mise_en_service_en_cours,
    sans_changement_de_fournisseur_en_cours,
    sans_modification_contractuelle_en_cours,
    point_sous_contrat,
    acteur_sous_contrat,
    hors_regroupement_turpe,
)
CONTRAT_RULES: tuple[Control[ConsultationDetaillees], ...] = (
    contrat_de_soutirage,
    contrat_d_injection,
    client_non_oppose,
    compteur_teleoperable,
)

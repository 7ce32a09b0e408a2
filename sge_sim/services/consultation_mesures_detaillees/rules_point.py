"""The part of the control table that looks at the point: its state, what is being worked out on
it, the contracts of its client (GUI 0488 §5.3)."""

from sge_sim.services.consultation_mesures_detaillees.consultation import Consultation
from sge_sim.services.rule import Rule, rule


@rule(
    "SGT4M2",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="un point en service",
)
def point_jamais_mis_en_service(consultation: Consultation) -> bool:
    """The point was commissioned once."""
    return consultation.sheet.etat_contractuel == "ECRAC"


@rule(
    "SGT4M1",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="un point en service",
)
def point_resilie(consultation: Consultation) -> bool:
    """The point isn't terminated, its connection still there."""
    point = consultation.sheet
    return point.etat_contractuel == "RESIL" and point.etat_alimentation != "NRAC"


@rule(
    "SGT4M3",
    source="GUI 0488 §5.3 ; point résilié et non raccordé : supposé",
    provenance="assumed",
    remede="un point raccordé et en service",
)
def point_a_raccorder(consultation: Consultation) -> bool:
    """The point doesn't need to be connected anew."""
    point = consultation.sheet
    return point.etat_contractuel == "RESIL" and point.etat_alimentation == "NRAC"


@rule(
    "SGT422",
    source="GUI 0488 §5.3 ; points improductifs et inaccessibles : supposé",
    provenance="assumed",
    remede="un point en service, ou en cours de résiliation",
)
def point_hors_service(consultation: Consultation) -> bool:
    """The point is in service, being terminated included."""
    return not consultation.en_service


@rule(
    "SGT477",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="attendre la fin de la mise en service",
)
def mise_en_service_en_cours(consultation: Consultation) -> bool:
    """No commissioning is being worked out."""
    return consultation.sheet.operation_en_cours == "MES"


@rule(
    "SGT478",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="attendre la fin du changement de fournisseur",
)
def changement_de_fournisseur_en_cours(consultation: Consultation) -> bool:
    """No change of supplier is being worked out."""
    return consultation.sheet.operation_en_cours == "CFN"


@rule(
    "SGT480",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="attendre la fin de la modification contractuelle",
)
def modification_contractuelle_en_cours(consultation: Consultation) -> bool:
    """No change of the contract is being worked out."""
    return consultation.sheet.operation_en_cours == "CTF"


@rule(
    "SGT4L1",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="un point dont le client a un contrat, en soutirage ou en injection",
)
def point_sans_contrat(consultation: Consultation) -> bool:
    """The client of the point has a contract there, in one direction at least."""
    point = consultation.sheet
    return not (point.contrat_soutirage or point.contrat_injection)


@rule(
    "SGT473",
    source="GUI 0488 §5.3 ; la demande ne nomme pas le contrat : l'un d'eux suffit, supposé",
    provenance="assumed",
    remede="un jour où l'acteur a un contrat en cours avec Enedis (sge-sim acteurs list)",
)
def acteur_sans_contrat_actif(consultation: Consultation) -> bool:
    """The calling actor has a contract that runs on the day of the call."""
    return not consultation.contrat_actif


@rule(
    "SGT4M7",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="un point qui n'est pas d'un regroupement TURPE",
)
def regroupement_turpe(consultation: Consultation) -> bool:
    """The point isn't a TURPE grouping."""
    return consultation.sheet.groupement_turpe


@rule(
    "SGT587",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="le sens du contrat du client : injection pour un producteur",
)
def sans_contrat_de_soutirage(consultation: Consultation) -> bool:
    """The client has a contract for what it draws, if that is what is asked for."""
    soutirage = consultation.demande.sens == ("SOUTIRAGE",)
    return soutirage and not consultation.sheet.contrat_soutirage


@rule(
    "SGT588",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="le sens du contrat du client : soutirage pour un consommateur",
)
def sans_contrat_d_injection(consultation: Consultation) -> bool:
    """The client has a contract for what it injects, if that is what is asked for."""
    injection = consultation.demande.sens == ("INJECTION",)
    return injection and not consultation.sheet.contrat_injection


@rule(
    "SGT4N5",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="un point dont le client ne s'oppose pas à l'enregistrement de sa courbe",
)
def client_oppose(consultation: Consultation) -> bool:
    """The client of a C5 or P4 doesn't oppose the recording of the curve that is asked for."""
    courbe = consultation.demande.type == "COURBE"
    return courbe and consultation.petit and consultation.sheet.opposition_courbe


@rule(
    "SGT589",
    source="GUI 0488 §5.3",
    provenance="documented",
    remede="un compteur téléopérable",
)
def compteur_non_teleoperable(consultation: Consultation) -> bool:
    """The meter can be operated from afar."""
    return not consultation.sheet.teleoperable


SITUATION_RULES: tuple[Rule[Consultation], ...] = (
    point_jamais_mis_en_service,
    point_resilie,
    point_a_raccorder,
    point_hors_service,
    mise_en_service_en_cours,
    changement_de_fournisseur_en_cours,
    modification_contractuelle_en_cours,
    point_sans_contrat,
    acteur_sans_contrat_actif,
    regroupement_turpe,
)
CONTRAT_RULES: tuple[Rule[Consultation], ...] = (
    sans_contrat_de_soutirage,
    sans_contrat_d_injection,
    client_oppose,
    compteur_non_teleoperable,
)

"""The control table of ConsultationMesures (GUI 0455 v1.3.0; the order is assumed)."""

from sge_sim.refus import Control, rule
from sge_sim.services.acces import point_connu
from sge_sim.services.consultation_mesures.demande import ConsultationMesures, ResultatMesures
from sge_sim.services.ecarts import ecart_rules


@rule(
    "SGT402",
    source="AX.0466 v1.5.0 ; ce service n'a pas de code propre au contrat : supposé",
    provenance="assumed",
    remede="un contrat de l'acteur dont le certificat est présenté, en cours à la date de l'appel",
)
def contrat_utilisable(consultation: ConsultationMesures) -> bool:
    """The contract is the calling actor's own, and runs on the day of the call."""
    acces = consultation.acces
    contrat = acces.contrat
    if contrat is None or contrat.acteur_code != acces.demandeur.code:
        return False
    return contrat.is_active(acces.jour)


@rule(
    "SGT402",
    source="AX.0466 v1.5.0 ; ce service n'a pas de code propre à l'utilisateur : supposé",
    provenance="assumed",
    remede="le login d'un utilisateur actif de l'acteur dont le certificat est présenté",
)
def utilisateur_autorise(consultation: ConsultationMesures) -> bool:
    """The login is that of a user of the calling actor who may call the service."""
    acces = consultation.acces
    utilisateur = acces.utilisateur
    if utilisateur is None or utilisateur.acteur.code != acces.demandeur.code:
        return False
    return utilisateur.may_call(acces.service)


@rule(
    "SGT4G2",
    source="GUI 0455 v1.3.0 §1 ; C1 en HTA et producteurs : code supposé",
    provenance="assumed",
    remede="un point C2 à C5, ou C1 raccordé ailleurs qu'en HTA",
)
def point_du_service(consultation: ConsultationMesures) -> bool:
    """The point is a C1 to C5, the C1 connected to HTA left out."""
    point = consultation.point
    if point is None:
        return True
    return point.segment[0] == "C" and not (
        point.segment == "C1" and point.domaine_tension == "HTA"
    )


@rule(
    "SGT4G2",
    source="GUI 0455 v1.3.0 §1 ; OFF AHC-NR1",
    provenance="documented",
    remede="autorisationClient à true ; un fournisseur non titulaire peut aussi déclarer "
    "contratConcluNouveauClientSurSite, le titulaire ne déclare rien",
)
def demandeur_eligible(consultation: ConsultationMesures) -> bool:
    """A tiers has the client's authorisation; a supplier too, or a contract, or is incumbent."""
    if consultation.autorisation:
        return True
    if consultation.acces.demandeur.kind == "tiers":
        return False
    return consultation.titulaire or consultation.nouveau_client


@rule(
    "SGT4G1",
    source="AX.0466 v1.5.0 ; point qui n'a plus de contrat : supposé",
    provenance="assumed",
    remede="un point dont le client a un contrat de soutirage",
)
def periode_sous_contrat(consultation: ConsultationMesures) -> bool:
    """The client of a point that was commissioned still has a contract there."""
    point = consultation.point
    if point is None or point.date_mise_en_service is None:
        return True
    return point.contrat_soutirage


@rule(
    "SGT4G3",
    source="AX.0466 v1.5.0 ; observé en 23.2",
    provenance="documented",
    remede="un point dont une relève au moins a été publiée depuis sa dernière mise en service",
)
def mesure_presente(resultat: ResultatMesures) -> bool:
    """The point has at least one consumption."""
    consommations = resultat.consommations
    return bool(consommations.distributeur or consommations.fournisseur)


RULES: tuple[Control[ConsultationMesures], ...] = (
    point_connu,
    contrat_utilisable,
    utilisateur_autorise,
    point_du_service,
    demandeur_eligible,
    periode_sous_contrat,
    *ecart_rules("ConsultationMesures", "1.1"),
)

RESULT_RULES: tuple[Control[ResultatMesures], ...] = (mesure_presente,)
"""What the result is checked by, once the table has admitted the demand."""

UNREACHABLE_CODES = {
    "SGT400": "Aucun document ne dit quel contrôle y mène : toute demande a un autre code."
}

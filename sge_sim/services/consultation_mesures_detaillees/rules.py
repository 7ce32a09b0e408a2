"""The control table of ConsultationMesuresDetaillees (GUI 0488 v1.2.2 §5.3; the order is assumed).

v3.0 has no published list of codes: it keeps that of v2.0, but for what its guide's readers and
its clients saw change (no SGT4N1, SGT4H2 nor SGT583; SGT211). What is held against the point
alone is in `rules_point`.
"""

from sge_sim.clock import add_months
from sge_sim.refus import Control, rule
from sge_sim.services.acces import point_connu
from sge_sim.services.consultation_mesures_detaillees.demande import (
    Cadre,
    ConsultationDetaillees,
    ResultatDetaillees,
    Version,
)
from sge_sim.services.consultation_mesures_detaillees.rules_point import (
    CONTRAT_RULES,
    SITUATION_RULES,
)
from sge_sim.services.ecarts import ecart_rules

JOURS_DE_COURBE = 7
MOIS_DE_COURBE = 24
MOIS_DES_AUTRES = 36

_GRANDEURS_V2 = {"COURBE": {"PA", "PRI", "PRC", "E", "TOUT"}, "PMAX": {"PMA"}, "ENERGIE": {"EA"}}
_GRANDEURS_V3 = {
    "COURBE": {"PA", "PRI", "PRC", "E", "TOUT"},
    "PMAX": {"PMA", "TOUT"},
    "ENERGIE": {"EA", "ERC", "ERI"},
    "INDEX": {"EA", "ER", "ERC", "ERI", "DD", "DE", "DQ", "PMA", "TF", "TOUT"},
}


@rule(
    "SGT583",
    source="GUI 0488 v1.2.2 §4",
    provenance="documented",
    remede="soutirage ou injection à true, l'un des deux seulement",
    indispensable=True,
)
def sens_precise(consultation: ConsultationDetaillees) -> bool:
    """Exactly one direction is asked for."""
    return len(consultation.demande.sens) == 1


@rule(
    "SGT441",
    source="GUI 0488 v1.2.2 §4 ; sans effet sur les autres types d'un C5 : supposé",
    provenance="documented",
    remede="mesuresPas P1D ou P1M pour la PMAX d'un C5, aucun pas pour un autre segment",
)
def pas_correct_v2(consultation: ConsultationDetaillees) -> bool:
    """On a C5 maximum powers come with a step; elsewhere, where there are none, nothing does."""
    demande = consultation.demande
    if consultation.facts.segment != "C5":
        return demande.pas is None
    return demande.type != "PMAX" or demande.pas is not None


@rule(
    "SGT441",
    source="GUI 0497 v1.5.0 p. 9-12 ; admis en PMAX d'un P4, refusé avec tout autre type : supposé",
    provenance="documented",
    remede="mesuresPas P1D ou P1M pour PMAX, aucun pas pour les autres types",
)
def pas_correct_v3(consultation: ConsultationDetaillees) -> bool:
    """Maximum powers come with a step, and nothing else does."""
    demande = consultation.demande
    return (demande.type == "PMAX") is (demande.pas is not None)


@rule(
    "SGT400",
    source="GUI 0488 v1.2.2 §4 ; code supposé",
    provenance="assumed",
    remede="une grandeur du type demandé : PA, PRI, PRC, E ou TOUT pour COURBE, PMA pour PMAX, "
    "EA pour ENERGIE (en v3.0 aussi ERC, ERI), EA, ERC, ERI, DD, DE, DQ, PMA, TF ou TOUT pour "
    "INDEX",
)
def grandeur_du_type(consultation: ConsultationDetaillees) -> bool:
    """The physical quantity is one of its type of measures."""
    known = _GRANDEURS_V2 if consultation.version is Version.V2 else _GRANDEURS_V3
    return consultation.demande.grandeur in known[consultation.demande.type]


@rule(
    "SGT4K2",
    source="GUI 0488 v1.2.2 §3 ; OFF CMD2-NR2",
    provenance="documented",
    remede="l'accord du client ; sans lui, le fournisseur titulaire seul, pour la PMAX mensuelle",
)
def acces_accorde(consultation: ConsultationDetaillees) -> bool:
    """The client agreed, or its supplier over the whole period asks for monthly maximum powers."""
    demande = consultation.demande
    if demande.cadre is not Cadre.EST_TITULAIRE:
        return True
    return consultation.titulaire and demande.type == "PMAX" and demande.pas == "P1M"


@rule(
    "SGT211",
    source="GUI 0497 v1.5.0 p. 4-5, GUI 0498 v1.1.0 p. 11-12 ; code observé en 26.1 par un client "
    "(CMD3-NR2) ; passé servi en homologation : observé en 26.1 (CMD3-R6)",
    provenance="observed",
    remede="un service d'accès actif, de l'acteur, pour ce type de mesures, ce sens et toute la "
    "période (en homologation, sans --periode-acces-required : du jour de l'appel à sa fin) : "
    "CommandeServicesAccesDonnees, ou "
    "sge-sim points set <PRM> --service-acces oui",
)
def service_d_acces_actif(consultation: ConsultationDetaillees) -> bool:
    """An active access service, where one is relied on, covers the type, direction and period."""
    return consultation.acces or consultation.demande.cadre is not Cadre.SERVICE_ACCES


@rule(
    "SGT4K4",
    source="GUI 0488 v1.2.2 §4 ; GUI 0497 v1.5.0",
    provenance="documented",
    remede="une dateFin (exclue) postérieure à dateDebut",
)
def periode_a_l_endroit(consultation: ConsultationDetaillees) -> bool:
    """The period begins before it ends."""
    return consultation.demande.jours > 0


@rule(
    "SGT4K1",
    source="GUI 0488 v1.2.2 §4",
    provenance="documented",
    remede="une dateFin (exclue) qui ne dépasse pas aujourd'hui",
)
def periode_ecoulee(consultation: ConsultationDetaillees) -> bool:
    """The period ends today at the latest, its end being excluded."""
    return consultation.demande.fin <= consultation.jour


@rule(
    "SGT4L8",
    source="GUI 0488 v1.2.2 §3 ; OFF CMD2-NR1 ; 7 jours admis : observé 2022",
    provenance="documented",
    remede="7 jours au plus pour une courbe, dans les 24 derniers mois ; les 36 derniers mois pour "
    "les autres mesures",
)
def periode_admise(consultation: ConsultationDetaillees) -> bool:
    """A curve covers 7 days at most of the last 24 months, the rest the last 36 months."""
    demande = consultation.demande
    courbe = demande.type == "COURBE"
    if courbe and demande.jours > JOURS_DE_COURBE:
        return False
    depth = MOIS_DE_COURBE if courbe else MOIS_DES_AUTRES
    return demande.debut >= add_months(consultation.jour, -depth)


@rule(
    "SGT4N8",
    source="GUI 0488 v1.2.2 §3 ; courbe réactive ou de tension d'un C5 ou d'un P4 non refusée : "
    "supposé",
    provenance="documented",
    remede="ENERGIE sur un C5 ou un P4, PMAX en soutirage sur un C5, COURBE sur tout segment",
)
def segment_compatible_v2(consultation: ConsultationDetaillees) -> bool:
    """Energies are of C5 and P4, maximum powers of the consumption of C5, curves of all.

    A C5 or P4 has its active curve alone. The sources don't tell what becomes of a demand for
    another: it is one without data (assumed).
    """
    segment, demande = consultation.facts.segment, consultation.demande
    if demande.type == "PMAX":
        return segment == "C5" and demande.sens == ("SOUTIRAGE",)
    return demande.type != "ENERGIE" or consultation.petit


@rule(
    "SGT4N8",
    source="GUI 0497 v1.5.0 p. 5 ; injection d'un C5 à surplus : supposé",
    provenance="documented",
    remede="PMAX sur un C5 ou un P4, les autres mesures sur tout segment",
)
def segment_compatible_v3(consultation: ConsultationDetaillees) -> bool:
    """Maximum powers are those of C5 and P4, the rest of all segments.

    Those of a P4 are of what it injects; what a C5 injects is measured as a P4 (assumed).
    """
    return consultation.demande.type != "PMAX" or consultation.petit


@rule(
    "SGT4H9",
    source="GUI 0488 v1.2.2 §3",
    provenance="documented",
    remede="un compteur communicant ouvert aux services de niveau 2",
)
def compteur_ouvert(consultation: ConsultationDetaillees) -> bool:
    """The meter of a C5 or P4 is opened to services of level 2."""
    return not consultation.petit or consultation.ouvert


@rule(
    "SGT4H2",
    source="GUI 0488 v1.2.2 §4 ; P4 comme C5 : supposé",
    provenance="documented",
    remede="mesuresCorrigees à false pour un C5 ou un P4",
)
def mesures_brutes_d_un_c5(consultation: ConsultationDetaillees) -> bool:
    """Nothing corrected is asked of a C5 or P4."""
    return not (consultation.petit and consultation.demande.corrigees)


@rule(
    "SGT4N1",
    source="GUI 0488 v1.2.2 §5.3",
    provenance="documented",
    remede="une dateDebut qui ne précède pas la dernière mise en service",
)
def apres_la_mise_en_service(consultation: ConsultationDetaillees) -> bool:
    """The client held the point over the whole period: since its last commissioning."""
    mise_en_service = consultation.facts.date_mise_en_service
    return mise_en_service is None or consultation.demande.debut >= mise_en_service


@rule(
    "SGT4G3",
    source="observé en homologation 23.2 (v3.0, profil fidele) ; ailleurs, réponse vide : GUI 0488 "
    "v1.2.2 §5.2.1, GUI 0497 v1.5.0",
    provenance="observed",
    remede="une période où le point a été mesuré ; la courbe d'un C5 doit avoir été collectée ; un "
    "grand point traité par index n'a ni courbe ni énergies",
)
def mesure_presente(resultat: ResultatDetaillees) -> bool:
    """There is a measure to give, unless an empty answer is how that is told."""
    return resultat.vide_admis or bool(resultat.mesures)


_PERIODE: tuple[Control[ConsultationDetaillees], ...] = (
    periode_a_l_endroit,
    periode_ecoulee,
    periode_admise,
)
RULES_V2: tuple[Control[ConsultationDetaillees], ...] = (
    point_connu,
    sens_precise,
    pas_correct_v2,
    grandeur_du_type,
    acces_accorde,
    *_PERIODE,
    *SITUATION_RULES,
    segment_compatible_v2,
    compteur_ouvert,
    mesures_brutes_d_un_c5,
    *CONTRAT_RULES,
    apres_la_mise_en_service,
)

RULES_V3: tuple[Control[ConsultationDetaillees], ...] = (
    point_connu,
    pas_correct_v3,
    grandeur_du_type,
    acces_accorde,
    *ecart_rules("ConsultationMesuresDetaillees", "3.0"),
    service_d_acces_actif,
    *_PERIODE,
    *SITUATION_RULES,
    segment_compatible_v3,
    compteur_ouvert,
    *CONTRAT_RULES,
)

RESULT_RULES: tuple[Control[ResultatDetaillees], ...] = (mesure_presente,)
"""What the result is checked by, once the table has admitted the demand."""

UNREACHABLE_V3 = {
    "SGT4H2": "Une demande corrigée d'un C5 ou d'un P4 est servie en brut (V26.2).",
    "SGT4N1": "L'historique commence sans refus à la dernière mise en service (V26.2).",
    "SGT583": "Le schéma impose un sens et un seul : autre chose est un message malformé, SGT562.",
}

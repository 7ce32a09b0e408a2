"""The control table of ConsultationDonneesTechniquesContractuelles; its order is assumed.

GUI 0464 v1.4.0.
"""

from sge_sim.refus import Control, rule
from sge_sim.services.acces import USER_RULES, point_connu
from sge_sim.services.consultation_donnees_techniques_contractuelles.demande import (
    ConsultationTechniques,
)


@rule(
    "SGT463",
    source="AX.0466 v1.5.0 ; contradiction entre l'en-tête et le corps : supposé",
    provenance="assumed",
    remede="le même point dans l'en-tête et dans le corps, ou aucun dans l'en-tête",
)
def points_identiques(consultation: ConsultationTechniques) -> bool:
    """The header, if it names a point, names that of the demand."""
    header = consultation.header_point_id
    return header is None or header == consultation.point_id


RULES: tuple[Control[ConsultationTechniques], ...] = (
    points_identiques,
    *USER_RULES,
    # A wrong check key is no schema error: such a point just isn't known.
    point_connu.as_in("OFF ADP-NR1", "documented"),
)

UNREACHABLE_CODES = {
    "SGT495": (
        "Un point a toujours une adresse, un état et une alimentation à montrer, même en cours de "
        "raccordement (ICS v1.0.0) : aucun déclencheur n'est connu."
    ),
    "SGT451": (
        "Le schéma rend obligatoires les deux données que le service exige (pointId et "
        "loginUtilisateur) : leur absence est un message malformé, SGT562."
    ),
}

"""ConsultationDonneesTechniquesContractuelles: finds the point, checks the rules, filters."""

from sge_sim.refus import check
from sge_sim.services.acces import package_obtenu
from sge_sim.services.consultation_donnees_techniques_contractuelles.answer import (
    donnees_techniques,
)
from sge_sim.services.consultation_donnees_techniques_contractuelles.demande import (
    ConsultationTechniques,
)
from sge_sim.services.consultation_donnees_techniques_contractuelles.rules import (
    RULES,
    UNREACHABLE_CODES,
)
from sge_sim.services.reading import acces_of
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer


def handle(appel: Appel) -> Answer:
    """Answer one consultation.

    The authorisation of the client only widens the answer: its absence is never an error.
    """
    prm, login = appel.body["pointId"], appel.body["loginUtilisateur"]
    point = appel.faits.point
    consultation = ConsultationTechniques(
        point_id=prm,
        header_point_id=appel.header.get("infoFonctionnelles", {}).get("pointId"),
        acces=acces_of(appel, SERVICE),
        point=point,
    )
    check(RULES, consultation, appel.disabled)
    assert point is not None
    autorisation = appel.body.get("autorisationClient", False)
    return Answer(
        {
            "point": donnees_techniques(
                point, consultation.acces.jour, authorised=autorisation and point.en_service
            )
        },
        point_id=prm,
        login=login,
    )


SERVICE = Service(
    nom="ConsultationDonneesTechniquesContractuelles",
    version="1.0",
    package="consultation",
    codes=(
        *("SGT200", "SGT401", "SGT451", "SGT463", "SGT483", "SGT495", "SGT500", "SGT502"),
        *("SGT504", "SGT506", "SGT562"),
    ),
    habilitation=package_obtenu,
    rules=RULES,
    asks=lambda body, _: {"prm": body["pointId"], "login": body["loginUtilisateur"]},
    handle=handle,
    unreachable=UNREACHABLE_CODES,
)

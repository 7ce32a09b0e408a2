"""ConsultationMesures: finds the point, holds the rules, answers its consumptions."""

from functools import partial

from sqlalchemy.orm import Session

from sge_sim.clock import add_months
from sge_sim.mesures import PointMesure
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.services.consultation_mesures.answer import history
from sge_sim.services.consultation_mesures.rules import RULES, UNREACHABLE, Consultation
from sge_sim.services.reading import read_acces
from sge_sim.services.rule import check
from sge_sim.services.service import Appel, Service
from sge_sim.soap.endpoint import Answer
from sge_sim.store.mesures import read_suivi
from sge_sim.store.points import Point, find_point


def handle(appel: Appel) -> Answer:
    """Answer one consultation; the acquittement names the point, which the answer doesn't."""
    body = appel.body
    point = find_point(appel.session, body["pointId"])
    consultation = Consultation(
        point=point,
        acces=read_acces(
            appel, SERVICE, login=body["loginDemandeur"], contrat_id=body["contratId"]
        ),
        nouveau_client=body.get("contratConcluNouveauClientSurSite", False),
        autorisation=body.get("autorisationClient", False),
        debut=add_months(appel.today, -appel.settings.profondeur_historique_mois),
        mesurer=partial(_mesure, appel.session),
        ecart=appel.ecart(SERVICE, point),
    )
    check(RULES, consultation, appel.settings.disabled_rules)
    return Answer(
        history(consultation.consommations, nouvelle_chaine=consultation.nouvelle_chaine),
        point_id=body["pointId"],
        login=body["loginDemandeur"],
    )


def _mesure(session: Session, point: Point) -> PointMesure | None:
    return point_mesure(point, read_suivi(session, point.prm), "SOUTIRAGE")


SERVICE = Service(
    nom="ConsultationMesures",
    version="1.1",
    paquet="Consultation",
    codes=(
        "SGT200",
        "SGT400",
        "SGT401",
        "SGT402",
        "SGT4G1",
        "SGT4G2",
        "SGT4G3",
        "SGT500",
        "SGT562",
    ),
    rules=RULES,
    handle=handle,
    unreachable=UNREACHABLE,
)

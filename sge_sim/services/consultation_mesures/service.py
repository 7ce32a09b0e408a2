"""ConsultationMesures: finds the point, checks the rules, answers its consumptions."""

from sge_sim.clock import add_months
from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.mesures import Consommations, consommations
from sge_sim.referentiel.mesures import mesure_of
from sge_sim.refus import check
from sge_sim.services.acces import PACKAGE_SGT402
from sge_sim.services.consultation_mesures.answer import history
from sge_sim.services.consultation_mesures.demande import ConsultationMesures, ResultatMesures
from sge_sim.services.consultation_mesures.rules import RESULT_RULES, RULES, UNREACHABLE_CODES
from sge_sim.services.reading import acces_of
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.tables.point_facts import Faits


def handle(appel: Appel) -> Answer:
    """Answer one consultation; the acquittement names the point, which the answer doesn't."""
    body = appel.body
    faits = appel.faits
    consultation = ConsultationMesures(
        point=faits.point,
        acces=acces_of(appel, SERVICE),
        nouveau_client=body.get("contratConcluNouveauClientSurSite", False),
        autorisation=body.get("autorisationClient", False),
        ecart=appel.ecart(SERVICE, faits.point),
    )
    check(RULES, consultation, appel.disabled)
    resultat = _find(appel, faits)
    check(RESULT_RULES, resultat, appel.disabled)
    return Answer(
        history(
            resultat.consommations,
            nouvelle_chaine=resultat.nouvelle_chaine,
            observe=Usage.GRILLE_FOURNISSEUR in appel.plateforme.usages,
        ),
        point_id=body["pointId"],
        login=body["loginDemandeur"],
    )


def _find(appel: Appel, faits: Faits) -> ResultatMesures:
    """Return what there is to answer: a row that straddles the depth of the service is whole."""
    mesure = None if faits.dossier is None else mesure_of(faits.dossier, "SOUTIRAGE")
    if mesure is None:
        return ResultatMesures(None, Consommations((), ()), appel.today)
    debut = add_months(appel.today, -appel.settings.profondeur_historique_mois)
    return ResultatMesures(mesure, consommations(mesure, debut, appel.today), appel.today)


SERVICE = Service(
    nom="ConsultationMesures",
    version="1.1",
    package="consultation",
    codes=(
        *("SGT200", "SGT400", "SGT401", "SGT402", "SGT4G1", "SGT4G2", "SGT4G3", "SGT500"),
        "SGT562",
    ),
    habilitation=PACKAGE_SGT402,
    rules=(*RULES, *RESULT_RULES),
    remarques=(
        "La grille du fournisseur a des codes sans libellés et le calendrier le plus récent vient "
        "d'abord (GUI 0455 v1.3.0 §4). Une réponse enregistrée en 2022 répète les codes comme "
        "libellés et commence par le plus ancien : `--profile fidele` le fait.",
    ),
    asks=lambda body, _: {
        "prm": body["pointId"],
        "login": body["loginDemandeur"],
        "contrat_id": body["contratId"],
    },
    handle=handle,
    unreachable=UNREACHABLE_CODES,
)

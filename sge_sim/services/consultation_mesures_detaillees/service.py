"""ConsultationMesuresDetaillees: finds the point, checks the rules, answers its measures."""

from dataclasses import replace

from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR
from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.mesures.releves import read_contextes
from sge_sim.mesures.series import read_series
from sge_sim.referentiel.mesures import mesure_of
from sge_sim.refus import check
from sge_sim.services.consultation_mesures_detaillees.answer import (
    index_response,
    response_v2,
    response_v3,
    with_hour_repeated,
)
from sge_sim.services.consultation_mesures_detaillees.demande import (
    Cadre,
    ConsultationDetaillees,
    DemandeDetaillees,
    Mesures,
    ResultatDetaillees,
    Version,
    asks,
)
from sge_sim.services.consultation_mesures_detaillees.rules import (
    RESULT_RULES,
    RULES_V2,
    RULES_V3,
    UNREACHABLE_V3,
)
from sge_sim.services.service import Appel, Service
from sge_sim.settings import SansDonnee
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.point_facts import Dossier

_CADRES = {str(cadre): cadre for cadre in Cadre}


def handle_v2(appel: Appel) -> Answer:
    """Answer one consultation in v2.0."""
    consultation, mesures = _consult(appel, Version.V2, _read_v2(appel.body["demande"]))
    series = mesures.series
    if Usage.HEURE_REPETEE in appel.plateforme.usages:
        series = with_hour_repeated(series)
    return Answer(
        response_v2(consultation.demande, series, corrigees=consultation.corrigees),
        point_id=consultation.demande.prm,
    )


def handle_v3(appel: Appel) -> Answer:
    """Answer one consultation in v3.0."""
    consultation, mesures = _consult(appel, Version.V3, _read_v3(appel.body["demande"]))
    if consultation.demande.type == "INDEX":
        body = index_response(consultation.demande, mesures.contextes)
    else:
        body = response_v3(
            consultation.demande,
            mesures.series,
            corrigees=consultation.corrigees,
            petit=consultation.petit,
        )
    return Answer(body, point_id=consultation.demande.prm)


def _read_v2(demande: Tree) -> DemandeDetaillees:
    asked: tuple[tuple[Sens, bool], ...] = (
        ("SOUTIRAGE", demande["soutirage"]),
        ("INJECTION", demande["injection"]),
    )
    return DemandeDetaillees(
        prm=demande["pointId"],
        type=demande["mesuresTypeCode"],
        grandeur=demande["grandeurPhysique"],
        sens=tuple(sens for sens, wanted in asked if wanted),
        debut=demande["dateDebut"],
        fin=demande["dateFin"],
        pas=demande.get("mesuresPas"),
        corrigees=demande["mesuresCorrigees"],
        cadre=Cadre.ACCORD_CLIENT if demande["accordClient"] else Cadre.EST_TITULAIRE,
    )


def _read_v3(demande: Tree) -> DemandeDetaillees:
    return DemandeDetaillees(
        prm=demande["pointId"],
        type=demande["mesuresTypeCode"],
        grandeur=demande["grandeurPhysique"],
        sens=(demande["sens"],),
        debut=demande["dateDebut"],
        fin=demande["dateFin"],
        pas=demande.get("mesuresPas"),
        corrigees=demande["mesuresCorrigees"],
        cadre=_CADRES[demande["cadreAcces"]],
    )


def _consult(
    appel: Appel, version: Version, demande: DemandeDetaillees
) -> tuple[ConsultationDetaillees, Mesures]:
    """Check a demand by the rules of its version; the login is stored, never checked."""
    faits, jour = appel.faits, appel.today
    dossier = faits.dossier
    point = None if dossier is None else dossier.point
    service, rules = (SERVICE_V2, RULES_V2) if version is Version.V2 else (SERVICE_V3, RULES_V3)
    consultation = ConsultationDetaillees(
        version=version,
        demande=demande,
        point=point,
        contrat_actif=faits.acteur is not None and faits.acteur.has_contrat_actif(jour),
        jour=jour,
        acces=dossier is not None
        and demande.cadre is Cadre.SERVICE_ACCES
        and _is_covered(appel, dossier, demande),
        titulaire=dossier is not None
        and demande.cadre is Cadre.EST_TITULAIRE
        and dossier.is_held_by(appel.demandeur.code, demande.debut, demande.fin),
        ecart=appel.ecart(service, point, demande.type) if appel.plateforme.ecarts else None,
    )
    check(rules, consultation, appel.disabled)
    mesures = Mesures() if dossier is None else _measures(appel, demande, dossier)
    resultat = ResultatDetaillees(mesures, bool(mesures) or _answers_empty(appel, version))
    check(RESULT_RULES, resultat, appel.disabled)
    return consultation, mesures


def _is_covered(appel: Appel, dossier: Dossier, demande: DemandeDetaillees) -> bool:
    """Tell whether an access service covers the demand: the whole period (GUI 0497 p. 4-5).

    A service starts on the day of its order (GUI 0498, 0531): one just ordered covers no past day.
    CMD3-R6 of every release asks for such days all the same and wants a success, which clients of
    26.1 got: in homologation the days before the call need no service.
    """
    debut = demande.debut
    settings = appel.settings
    if settings.environment == "homologation" and not settings.periode_acces_required:
        debut = max(debut, appel.today)
    return dossier.has_acces(
        demande.type,
        demande.sens,
        acteur_code=appel.demandeur.code,
        debut=debut,
        fin=demande.fin,
        jour=appel.today,
    )


def _answers_empty(appel: Appel, version: Version) -> bool:
    """Tell whether no measure is an empty answer, as both guides want."""
    refused = version is Version.V3 and Usage.REFUS_SANS_DONNEE in appel.plateforme.usages
    usual = SansDonnee.SGT4G3 if refused else SansDonnee.REPONSE_VIDE
    return (appel.settings.sans_donnee or usual) is SansDonnee.REPONSE_VIDE


def _measures(appel: Appel, demande: DemandeDetaillees, dossier: Dossier) -> Mesures:
    mesure = mesure_of(dossier, demande.sens[0], pertes=appel.settings.perd_des_mesures)
    if mesure is None:
        return Mesures()
    # Nothing is measured outside of the simulated days; a rule may be disabled that refuses them.
    if demande.debut < PREMIER_JOUR or demande.fin > FIN_DES_JOURS:
        demande = replace(
            demande, debut=max(demande.debut, PREMIER_JOUR), fin=min(demande.fin, FIN_DES_JOURS)
        )
    if demande.jours <= 0:
        return Mesures()
    if demande.type == "INDEX":
        return Mesures(contextes=read_contextes(mesure, demande, rhf=appel.settings.releves_rhf))
    played = Usage.MESURES_FACTICES in appel.plateforme.usages
    factice = played and dossier.point.mesures_factices is True
    return Mesures(series=read_series(mesure, demande, factice=factice))


_CODES = (
    *("SGT400", "SGT401", "SGT422", "SGT441", "SGT473", "SGT477", "SGT478", "SGT480"),
    *("SGT4G3", "SGT4H2", "SGT4H9", "SGT4K1", "SGT4K2", "SGT4K4", "SGT4L1", "SGT4L8"),
    *("SGT4M1", "SGT4M2", "SGT4M3", "SGT4M7", "SGT4N1", "SGT4N5", "SGT4N8", "SGT500"),
    *("SGT562", "SGT583", "SGT587", "SGT588", "SGT589"),
)

SERVICE_V2 = Service(
    nom="ConsultationMesuresDetaillees",
    version="2.0",
    package="consultation",
    jusqu_a="23.2",
    faultstring="Erreur Technique Mesures",
    codes=_CODES,
    mesures=("COURBE", "PMAX", "ENERGIE"),
    rules=(*RULES_V2, *RESULT_RULES),
    asks=asks,
    handle=handle_v2,
)

SERVICE_V3 = Service(
    nom="ConsultationMesuresDetaillees",
    version="3.0",
    package="consultation",
    depuis="23.1",
    faultstring="Erreur Technique Mesures",
    codes=("SGT211", *_CODES, "SGT506"),
    mesures=("COURBE", "PMAX", "ENERGIE", "INDEX"),
    par_seconde=40,
    rules=(*RULES_V3, *RESULT_RULES),
    asks=asks,
    handle=handle_v3,
    unreachable=UNREACHABLE_V3,
)

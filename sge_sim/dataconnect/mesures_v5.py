"""The five `metering_data_*` of Data Connect v5."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sge_sim.dataconnect import motifs_v5
from sge_sim.dataconnect.echange import PRM, EchangeRest, PlateformeRest, Reponse, json_reponse
from sge_sim.dataconnect.lecture import Lecteur, Mesure, Refusals, read_point
from sge_sim.dataconnect.motifs import RegleRest
from sge_sim.dataconnect.passerelle import let_in
from sge_sim.dataconnect.rules import DemandeMesure, PeriodeDemandee, Reasons
from sge_sim.domaine.nomenclatures import Sens, TypeAcces
from sge_sim.mesures.series import BRUT
from sge_sim.refus import Refus, check

REFUSALS: Final = Refusals(
    motifs_v5.NON_TITULAIRE, motifs_v5.SANS_CONSENTEMENT, motifs_v5.SANS_MESURE
)
REASONS: Final = Reasons(
    fin_future=motifs_v5.FIN_FUTURE,
    sept_jours=motifs_v5.SEPT_JOURS,
    sens=motifs_v5.SENS,
    opposition=motifs_v5.OPPOSITION,
    profondeur=motifs_v5.PROFONDEUR,
    mise_en_service=motifs_v5.MISE_EN_SERVICE,
    sans_mesure=motifs_v5.SANS_MESURE,
)

_JOUR: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class RessourceV5:
    """One of the five: its API, what is measured, in which direction."""

    api: str
    mesure: Mesure
    sens: Sens


RESSOURCES: Final[Mapping[str, RessourceV5]] = {
    "/metering_data_dc/v5/daily_consumption": RessourceV5(
        "metering_data_dc", "quotidienne", "SOUTIRAGE"
    ),
    "/metering_data_clc/v5/consumption_load_curve": RessourceV5(
        "metering_data_clc", "courbe", "SOUTIRAGE"
    ),
    "/metering_data_dcmp/v5/daily_consumption_max_power": RessourceV5(
        "metering_data_dcmp", "pmax", "SOUTIRAGE"
    ),
    "/metering_data_dp/v5/daily_production": RessourceV5(
        "metering_data_dp", "quotidienne", "INJECTION"
    ),
    "/metering_data_plc/v5/production_load_curve": RessourceV5(
        "metering_data_plc", "courbe", "INJECTION"
    ),
}

_LUS: Final[Mapping[Mesure, tuple[TypeAcces, str]]] = {
    "quotidienne": ("ENERGIE", "EA"),
    "courbe": ("COURBE", "PA"),
    "pmax": ("PMAX", "PMA"),
}
"""What is read for each."""
_READING_TYPES: Final[Mapping[Mesure, Mapping[str, str]]] = {
    "quotidienne": {
        "measurement_kind": "energy",
        "measuring_period": "P1D",
        "unit": "Wh",
        "aggregate": "sum",
    },
    "courbe": {"unit": "W", "measurement_kind": "power", "aggregate": "average"},
    "pmax": {
        "measurement_kind": "power",
        "measuring_period": "P1D",
        "unit": "VA",
        "aggregate": "maximum",
    },
}


def answer_mesure_v5(plateforme: PlateformeRest, echange: EchangeRest, chemin: str) -> Reponse:
    """Answer one of `RESSOURCES`; raises `Refus`."""
    ressource = RESSOURCES[chemin]
    let_in(plateforme, echange, ressource.api)
    prm, periode = _read(echange)
    dossier = read_point(echange, prm, REFUSALS)
    today = echange.now.date()
    asked_of = DemandeMesure(ressource.mesure, periode, dossier.point, ressource.sens, today)
    check(REASONS.controls, asked_of)
    lecteur = Lecteur(dossier, ressource.sens, echange.now)
    readings = _readings(ressource.mesure, lecteur, periode)
    if not readings:
        raise Refus(motifs_v5.SANS_MESURE)
    return json_reponse(
        {
            "meter_reading": {
                "usage_point_id": prm,
                "start": periode.debut.isoformat(),
                "end": periode.fin.isoformat(),
                "quality": "BRUT",
                "reading_type": _READING_TYPES[ressource.mesure],
                "interval_reading": readings,
            }
        }
    )


def _readings(mesure: Mesure, lecteur: Lecteur, periode: PeriodeDemandee) -> list[dict[str, Any]]:
    type_, grandeur = _LUS[mesure]
    valeurs = lecteur.read(type_, grandeur, periode.debut, periode.fin).get(grandeur, [])
    if mesure != "courbe":
        return [{"value": str(jour.valeur), "date": jour.texte} for jour in valeurs]
    return [
        {
            "value": str(point.valeur),
            "date": point.texte,
            "interval_length": f"PT{point.pas}M",
            "measure_type": BRUT,
        }
        for point in valeurs
    ]


def _read(echange: EchangeRest) -> tuple[str, PeriodeDemandee]:
    asked = echange.requete.parametres
    prm = asked.get("usage_point_id", "")
    if not prm:
        raise Refus(motifs_v5.PRM_ABSENT)
    if PRM.fullmatch(prm) is None:
        raise Refus(motifs_v5.PRM_FORME)
    echange.prm = prm
    debut = _day(asked.get("start", ""), motifs_v5.DEBUT_ABSENT, motifs_v5.DEBUT_FORME)
    fin = _day(asked.get("end", ""), motifs_v5.FIN_ABSENTE, motifs_v5.FIN_FORME)
    if debut > fin:
        raise Refus(motifs_v5.ORDRE)
    if debut == fin:
        raise Refus(motifs_v5.DATES_EGALES)
    return prm, PeriodeDemandee(debut, fin)


def _day(text: str, absent: RegleRest, forme: RegleRest) -> date:
    if not text:
        raise Refus(absent)
    try:
        if _JOUR.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refus(forme)

"""The five `metering_data_*` of Data Connect v5."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sge_sim.dataconnect import rules_v5
from sge_sim.dataconnect.acces import Refusals, read_point
from sge_sim.dataconnect.exchange import PRM, RestAnswer, RestBackend, RestExchange, json_answer
from sge_sim.dataconnect.gateway import let_in
from sge_sim.dataconnect.readings import MeasureReader, Mesure
from sge_sim.dataconnect.rest_rules import RestRule
from sge_sim.dataconnect.rules_mesures import DemandeMesure, PeriodeDemandee, Reasons
from sge_sim.domaine.nomenclatures import Sens, TypeAcces
from sge_sim.mesures.series import BRUT
from sge_sim.refus import Refus, check

REFUSALS: Final = Refusals(rules_v5.NON_TITULAIRE, rules_v5.SANS_CONSENTEMENT, rules_v5.SANS_MESURE)
REASONS: Final = Reasons(
    fin_future=rules_v5.FIN_FUTURE,
    sept_jours=rules_v5.SEPT_JOURS,
    sens=rules_v5.SENS,
    opposition=rules_v5.OPPOSITION,
    profondeur=rules_v5.PROFONDEUR,
    mise_en_service=rules_v5.MISE_EN_SERVICE,
    sans_mesure=rules_v5.SANS_MESURE,
)

_JOUR: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class ResourceV5:
    """One of the five: its API, what is measured, in which direction."""

    api: str
    mesure: Mesure
    sens: Sens


RESOURCES: Final[Mapping[str, ResourceV5]] = {
    "/metering_data_dc/v5/daily_consumption": ResourceV5(
        "metering_data_dc", "quotidienne", "SOUTIRAGE"
    ),
    "/metering_data_clc/v5/consumption_load_curve": ResourceV5(
        "metering_data_clc", "courbe", "SOUTIRAGE"
    ),
    "/metering_data_dcmp/v5/daily_consumption_max_power": ResourceV5(
        "metering_data_dcmp", "pmax", "SOUTIRAGE"
    ),
    "/metering_data_dp/v5/daily_production": ResourceV5(
        "metering_data_dp", "quotidienne", "INJECTION"
    ),
    "/metering_data_plc/v5/production_load_curve": ResourceV5(
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


def answer_mesure_v5(backend: RestBackend, exchange: RestExchange, path: str) -> RestAnswer:
    """Answer one of `RESOURCES`; raises `Refus`."""
    resource = RESOURCES[path]
    let_in(backend, exchange, resource.api)
    prm, periode = _read(exchange)
    dossier = read_point(exchange, prm, REFUSALS)
    today = exchange.now.date()
    asked_of = DemandeMesure(resource.mesure, periode, dossier.point, resource.sens, today)
    check(REASONS.controls, asked_of)
    reader = MeasureReader(dossier, resource.sens, exchange.now, backend.settings.perd_des_mesures)
    readings = _readings(resource.mesure, reader, periode)
    if not readings:
        raise Refus(rules_v5.SANS_MESURE)
    return json_answer(
        {
            "meter_reading": {
                "usage_point_id": prm,
                "start": periode.debut.isoformat(),
                "end": periode.fin.isoformat(),
                "quality": "BRUT",
                "reading_type": _READING_TYPES[resource.mesure],
                "interval_reading": readings,
            }
        }
    )


def _readings(
    mesure: Mesure, reader: MeasureReader, periode: PeriodeDemandee
) -> list[dict[str, Any]]:
    type_, grandeur = _LUS[mesure]
    valeurs = reader.read(type_, grandeur, periode.debut, periode.fin).get(grandeur, [])
    if mesure != "courbe":
        return [{"value": str(jour.valeur), "date": jour.text} for jour in valeurs]
    return [
        {
            "value": str(point.valeur),
            "date": point.text,
            "interval_length": f"PT{point.pas}M",
            "measure_type": BRUT,
        }
        for point in valeurs
    ]


def _read(exchange: RestExchange) -> tuple[str, PeriodeDemandee]:
    asked = exchange.call.parameters
    prm = asked.get("usage_point_id", "")
    if not prm:
        raise Refus(rules_v5.PRM_ABSENT)
    if PRM.fullmatch(prm) is None:
        raise Refus(rules_v5.PRM_FORME)
    exchange.prm = prm
    debut = _day(asked.get("start", ""), rules_v5.DEBUT_ABSENT, rules_v5.DEBUT_FORME)
    fin = _day(asked.get("end", ""), rules_v5.FIN_ABSENTE, rules_v5.FIN_FORME)
    if debut > fin:
        raise Refus(rules_v5.ORDRE)
    if debut == fin:
        raise Refus(rules_v5.DATES_EGALES)
    return prm, PeriodeDemandee(debut, fin)


def _day(text: str, absent: RestRule, forme: RestRule) -> date:
    if not text:
        raise Refus(absent)
    try:
        if _JOUR.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refus(forme)

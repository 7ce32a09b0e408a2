"""Data Connect v5: the four `customers_*` and the five `metering_data_*`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sge_sim.clock import start_of_day
from sge_sim.dataconnect.acces import Refusals, read_point
from sge_sim.dataconnect.exchange import RestAnswer, RestBackend, RestExchange, json_answer
from sge_sim.dataconnect.gateway import let_in
from sge_sim.dataconnect.jours import reader_of
from sge_sim.dataconnect.readings import LUS, MeasureReader, Mesure, Resource
from sge_sim.dataconnect.rest_rules import V5, RestRule
from sge_sim.dataconnect.rules_mesures import DemandeMesure, PeriodeDemandee, controls_of, read_jour
from sge_sim.domaine.prm import PRM
from sge_sim.mesures.series import BRUT
from sge_sim.referentiel.fiche_rest import COMPTEUR_LINKY, titulaire_of, without_none
from sge_sim.refus import Refus, check
from sge_sim.tables.point_facts import PointFacts

CLIENT_REFUSALS: Final = Refusals(
    V5["v5_sans_consentement"], V5["v5_sans_consentement"], V5["v5_client_inconnu"]
)


def answer_client_v5(backend: RestBackend, exchange: RestExchange, path: str) -> RestAnswer:
    """Answer one of `CLIENT_RESOURCES`; raises `Refus`."""
    api, describe = CLIENT_RESOURCES[path]
    let_in(backend, exchange, api)
    prm = exchange.call.parameters.get("usage_point_id", "")
    if not prm:
        raise Refus(V5["v5_clients_prm_absent"])
    if PRM.fullmatch(prm) is None:
        raise Refus(V5["v5_prm_forme"])
    point = read_point(exchange, prm, CLIENT_REFUSALS).point
    # Contract and address are those of consumption alone (catalogue of data).
    if api in ("customers_upc", "customers_upa") and not point.contrat_soutirage:
        raise Refus(V5["v5_client_inconnu"])
    return json_answer(describe(point))


def _identity(point: PointFacts) -> dict[str, Any]:
    titulaire = titulaire_of(point)
    if titulaire.siret is None:
        identity: dict[str, Any] = {
            "natural_person": {
                "title": titulaire.civilite,
                "firstname": titulaire.prenom,
                "lastname": titulaire.nom,
            }
        }
    else:
        identity = {
            "legal_entity": {
                "name": titulaire.nom,
                "trading_name": titulaire.nom,
                "business": "Activité fictive",
                "industry": "TERTIAIRE",
                "siret_number": titulaire.siret,
            }
        }
    return {"customer_id": titulaire.numero, "identity": identity}


def _contact(point: PointFacts) -> dict[str, Any]:
    titulaire = titulaire_of(point)
    return {
        "customer_id": titulaire.numero,
        "contact": {"phone": titulaire.mobile, "email": titulaire.email},
    }


def _usage_point(point: PointFacts) -> dict[str, Any]:
    meter = COMPTEUR_LINKY if point.type_comptage == "LINKY" else point.type_comptage
    return {
        "usage_point_id": point.prm,
        "usage_point_status": "com" if point.ouvert_aux_mesures else "no_com",
        "meter_type": meter or "SSCPT",
    }


def _contracts(point: PointFacts) -> dict[str, Any]:
    contracts = {
        "segment": point.segment,
        "subscribed_power": None
        if point.puissance_souscrite is None
        else f"{point.puissance_souscrite} {point.puissance_souscrite_unite}",
        "last_activation_date": _written_day(point.date_mise_en_service),
        "distribution_tariff": point.fta,
        "offpeak_hours": point.heures_creuses_libelle,
        "contract_type": "Contrat GRD-F",
        "contract_status": point.etat_contractuel,
        "last_distribution_tariff_change_date": _written_day(point.date_modification_fta),
    }
    usage_point = _usage_point(point)
    return _customer(point, {"usage_point": usage_point, "contracts": without_none(contracts)})


def _addresses(point: PointFacts) -> dict[str, Any]:
    address = {
        "street": point.numero_et_nom_voie,
        "locality": point.lieu_dit,
        "postal_code": point.code_postal,
        "insee_code": point.code_insee,
        "city": point.commune,
        "country": "France",
    }
    usage_point = {**_usage_point(point), "usage_point_addresses": without_none(address)}
    return _customer(point, {"usage_point": usage_point})


def _customer(point: PointFacts, usage_point: Mapping[str, Any]) -> dict[str, Any]:
    numero = titulaire_of(point).numero
    return {"customer": {"customer_id": numero, "usage_points": [usage_point]}}


def _written_day(day: date | None) -> str | None:
    """Return a legal day as v5 writes it: 2013-08-14+02:00."""
    if day is None:
        return None
    offset = start_of_day(day).strftime("%z")
    return f"{day.isoformat()}{offset[:3]}:{offset[3:]}"


CLIENT_RESOURCES: Final[Mapping[str, tuple[str, Callable[[PointFacts], dict[str, Any]]]]] = {
    "/customers_i/v5/identity": ("customers_i", _identity),
    "/customers_cd/v5/contact_data": ("customers_cd", _contact),
    "/customers_upc/v5/usage_points/contracts": ("customers_upc", _contracts),
    "/customers_upa/v5/usage_points/addresses": ("customers_upa", _addresses),
}
"""The four paths: the API of each, and what it answers of a point."""


MEASURE_REFUSALS: Final = Refusals(
    V5["v5_client_non_titulaire"], V5["v5_sans_consentement"], V5["v5_sans_mesure"]
)
CONTROLS: Final = controls_of(
    fin_future=V5["v5_fin_apres_aujourd_hui"],
    sept_jours=V5["v5_plus_de_sept_jours"],
    sens=V5["v5_sens_de_la_mesure"],
    opposition=V5["v5_client_oppose"],
    profondeur=V5["v5_trop_ancien"],
    mise_en_service=V5["v5_avant_mise_en_service"],
    sans_mesure=V5["v5_sans_mesure"],
)


@dataclass(frozen=True)
class ResourceV5(Resource):
    """One of the five, and its API."""

    api: str


MEASURE_RESOURCES: Final[Mapping[str, ResourceV5]] = {
    f"/{resource.api}/v5/{nom}": resource
    for nom, resource in (
        ("daily_consumption", ResourceV5("quotidienne", "SOUTIRAGE", "metering_data_dc")),
        ("consumption_load_curve", ResourceV5("courbe", "SOUTIRAGE", "metering_data_clc")),
        ("daily_consumption_max_power", ResourceV5("pmax", "SOUTIRAGE", "metering_data_dcmp")),
        ("daily_production", ResourceV5("quotidienne", "INJECTION", "metering_data_dp")),
        ("production_load_curve", ResourceV5("courbe", "INJECTION", "metering_data_plc")),
    )
}
"""The five, by their paths."""

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
    """Answer one of `MEASURE_RESOURCES`; raises `Refus`."""
    resource = MEASURE_RESOURCES[path]
    let_in(backend, exchange, resource.api, resource)
    prm, periode = _read(exchange)
    dossier = read_point(exchange, prm, MEASURE_REFUSALS)
    today = exchange.now.date()
    asked_of = DemandeMesure(resource.mesure, periode, dossier.point, resource.sens, today)
    check(CONTROLS, asked_of)
    reader = reader_of(backend, exchange, resource.api, resource, dossier)
    readings = _readings(resource.mesure, reader, periode)
    if not readings:
        raise Refus(V5["v5_sans_mesure"])
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
    type_, grandeur = LUS[mesure]
    return [
        {
            "value": None if lu.valeur is None else str(lu.valeur),
            "date": lu.text,
            **({"interval_length": f"PT{lu.pas}M", "measure_type": BRUT} if lu.pas else {}),
        }
        for lu in reader.read(type_, grandeur, periode.debut, periode.fin).get(grandeur, ())
    ]


def _read(exchange: RestExchange) -> tuple[str, PeriodeDemandee]:
    asked = exchange.call.parameters
    prm = asked.get("usage_point_id", "")
    if not prm:
        raise Refus(V5["v5_prm_absent"])
    if PRM.fullmatch(prm) is None:
        raise Refus(V5["v5_prm_forme"])
    exchange.prm = prm
    debut = _day(asked.get("start", ""), V5["v5_debut_absent"], V5["v5_debut_forme"])
    fin = _day(asked.get("end", ""), V5["v5_fin_absente"], V5["v5_fin_forme"])
    if debut > fin:
        raise Refus(V5["v5_ordre_des_dates"])
    if debut == fin:
        raise Refus(V5["v5_dates_egales"])
    return prm, PeriodeDemandee(debut, fin)


def _day(text: str, absent: RestRule, forme: RestRule) -> date:
    if not text:
        raise Refus(absent)
    return read_jour(text, forme)

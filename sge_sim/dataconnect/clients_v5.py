"""The four `customers_*` of Data Connect v5."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from sge_sim.clock import start_of_day
from sge_sim.dataconnect import rules_v5
from sge_sim.dataconnect.acces import Refusals, read_point
from sge_sim.dataconnect.contrat_2026 import COMPTEUR_LINKY
from sge_sim.dataconnect.exchange import PRM, RestAnswer, RestBackend, RestExchange, json_answer
from sge_sim.dataconnect.gateway import let_in
from sge_sim.dataconnect.titulaires import titulaire_of
from sge_sim.refus import Refus
from sge_sim.tables.point_facts import PointFacts

REFUSALS: Final = Refusals(
    rules_v5.SANS_CONSENTEMENT, rules_v5.SANS_CONSENTEMENT, rules_v5.CLIENT_INCONNU
)


def answer_client_v5(backend: RestBackend, exchange: RestExchange, path: str) -> RestAnswer:
    """Answer one of `RESOURCES`; raises `Refus`."""
    api, tell = RESOURCES[path]
    let_in(backend, exchange, api)
    prm = exchange.call.parameters.get("usage_point_id", "")
    if not prm:
        raise Refus(rules_v5.CLIENT_PRM_ABSENT)
    if PRM.fullmatch(prm) is None:
        raise Refus(rules_v5.PRM_FORME)
    point = read_point(exchange, prm, REFUSALS).point
    # Contract and address are told of consumption alone (catalogue of data).
    if api in ("customers_upc", "customers_upa") and not point.contrat_soutirage:
        raise Refus(rules_v5.CLIENT_INCONNU)
    return json_answer(tell(point))


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
        "last_activation_date": _day(point.date_mise_en_service),
        "distribution_tariff": point.fta,
        "offpeak_hours": point.heures_creuses_libelle,
        "contract_type": "Contrat GRD-F",
        "contract_status": point.etat_contractuel,
        "last_distribution_tariff_change_date": _day(point.date_modification_fta),
    }
    told = {name: value for name, value in contracts.items() if value is not None}
    return _customer(point, {"usage_point": _usage_point(point), "contracts": told})


def _addresses(point: PointFacts) -> dict[str, Any]:
    address = {
        "street": point.numero_et_nom_voie,
        "locality": point.lieu_dit,
        "postal_code": point.code_postal,
        "insee_code": point.code_insee,
        "city": point.commune,
        "country": "France",
    }
    told = {name: value for name, value in address.items() if value is not None}
    usage_point = {**_usage_point(point), "usage_point_addresses": told}
    return _customer(point, {"usage_point": usage_point})


def _customer(point: PointFacts, usage_point: Mapping[str, Any]) -> dict[str, Any]:
    numero = titulaire_of(point).numero
    return {"customer": {"customer_id": numero, "usage_points": [usage_point]}}


def _day(day: date | None) -> str | None:
    """Return a legal day as v5 writes it: 2013-08-14+02:00."""
    if day is None:
        return None
    offset = start_of_day(day).strftime("%z")
    return f"{day.isoformat()}{offset[:3]}:{offset[3:]}"


RESOURCES: Final[Mapping[str, tuple[str, Callable[[PointFacts], dict[str, Any]]]]] = {
    "/customers_i/v5/identity": ("customers_i", _identity),
    "/customers_cd/v5/contact_data": ("customers_cd", _contact),
    "/customers_upc/v5/usage_points/contracts": ("customers_upc", _contracts),
    "/customers_upa/v5/usage_points/addresses": ("customers_upa", _addresses),
}
"""The four paths: the API of each, and what it tells of a point."""

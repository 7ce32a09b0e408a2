"""The APIs of Data Connect 2026 without measures: contract, technical data, services opened.

The PRM of the first two is in the path; `POST /subscribed_services/v1` lists the services that the
consents given to an application opened.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sge_sim.clock import start_of_day
from sge_sim.dataconnect import mocks_2026, rules_2026
from sge_sim.dataconnect.acces import Refusals, read_point, titulaire_of
from sge_sim.dataconnect.exchange import (
    JSON,
    RestAnswer,
    RestBackend,
    RestExchange,
    answer_2026,
    json_answer,
)
from sge_sim.dataconnect.gateway import let_in
from sge_sim.domaine.libelles import libelle_de
from sge_sim.domaine.nomenclatures import DONNEES_ACCES, DomaineTension, Sens
from sge_sim.domaine.prm import PRM
from sge_sim.machine.texts import fit
from sge_sim.refus import Refus
from sge_sim.tables.dataconnect import read_nom_acteur, read_services_of
from sge_sim.tables.point_facts import PointFacts

REFUSALS: Final = Refusals(
    rules_2026.NON_AUTORISE, rules_2026.NON_AUTORISE, rules_2026.SANS_SERVICE
)

COMPTEUR_LINKY: Final = "AMM"
"""What Data Connect calls the meter that SGE calls LINKY."""
_NIVEAUX: Final = {
    0: "Non communicant",
    1: "Communicant (non ouvert aux services)",
    2: "Communicant (ouvert aux services)",
}
_TENSIONS: Final[Mapping[DomaineTension, float]] = {
    "BTINF": 230.0,
    "BTSUP": 400.0,
    "HTA": 20000.0,
    "HTB": 63000.0,
}
_TRIPHASE: Final = "230/400 V"


def answer_contrat(
    backend: RestBackend, exchange: RestExchange, api: str, prm: str | None
) -> RestAnswer:
    """Answer one of `APIS` for a point; raises `Refus`. A PRM that isn't one is a 500 (measured
    for a PRM that isn't in the path)."""
    let_in(backend, exchange, api)
    if prm is None or PRM.fullmatch(prm) is None:
        raise Refus(rules_2026.HORS_SWAGGER)
    mock = mocks_2026.contrat(api, prm) if exchange.client.en_bac_a_sable else None
    if mock is not None:
        exchange.prm = prm
        return answer_2026(backend, mock)
    point = read_point(exchange, prm, REFUSALS).point
    if not point.en_service:
        raise Refus(rules_2026.SANS_SERVICE)
    return answer_2026(backend, contract_data_of(exchange, api, point))


def contract_data_of(exchange: RestExchange, api: str, point: PointFacts) -> Any:
    """Return what one of `APIS` answers of a point."""
    fournisseur = point.fournisseur_titulaire
    if api == SITUATION and fournisseur is not None:
        return _situation(point, exchange.vue.ask(read_nom_acteur, fournisseur))
    return APIS[api](point)


def _sides(point: PointFacts) -> list[str]:
    """Return the segments of a point: the two of a self-consumer are C5 and P4."""
    if point.segment == "C5" and point.contrat_injection:
        return ["C5", "P4"]
    return [point.segment]


def _situation(point: PointFacts, contractor: str | None = None) -> list[dict[str, Any]]:
    titulaire = titulaire_of(point)
    lines = {
        "line1": titulaire.line1,
        "line2": point.escalier_etage_appartement,
        "line3": point.batiment,
        "line4": point.numero_et_nom_voie,
        "line5": point.lieu_dit,
        "line6": f"{point.code_postal} {point.commune}",
        "line7": "FR (France)",
    }
    holder: dict[str, Any] = {
        "customer": {"customer": {"adress": without_none(lines)}},
        "contact_data": {
            "email": titulaire.email,
            "landline": titulaire.fixe,
            "phone": titulaire.mobile,
        },
    }
    if titulaire.siret is None:
        holder["person"] = {
            "title": titulaire.civilite,
            "lastname": titulaire.nom,
            "firstname": titulaire.prenom,
        }
    else:
        holder["organization"] = {
            "name": titulaire.nom,
            "commercial_name": titulaire.nom,
            "business_code": "8299Z",
            "siret_number": titulaire.siret,
            "siren_number": titulaire.siret[:9],
        }
    return [{**_contract(point, segment, contractor), **holder} for segment in _sides(point)]


def _contract(point: PointFacts, segment: str, contractor: str | None) -> dict[str, Any]:
    """Return a contract; that of consumption alone names its supplier (observed)."""
    production = segment[0] == "P"
    contract: dict[str, Any] = {
        "usage_point_id": point.prm,
        "contract_start": _instant(point.date_mise_en_service),
        "contract_type": "Contrat GRD-A" if production else "Contrat GRD-F",
    }
    if not production:
        if contractor is not None:
            contract["contractor"] = contractor
        if point.fta is not None:
            contract["distribution_tariff"] = libelle_de("formuleTarifaireAcheminement", point.fta)
        if point.puissance_souscrite is not None:
            contract["subscribed_power"] = {
                "unit": point.puissance_souscrite_unite,
                "value": str(point.puissance_souscrite),
            }
    return {**contract, "segment": segment}


def _synthese(point: PointFacts) -> dict[str, Any]:
    sides = _sides(point)
    since = _instant(point.date_mise_en_service)
    changes = [
        day for day in (point.date_augmentation_puissance, point.date_diminution_puissance) if day
    ]
    return without_none(
        {
            "segments": [{"segment": segment} for segment in sides],
            "generation_last_activation_date": since if sides[-1][0] == "P" else None,
            "consumption_last_activation_date": since if sides[0][0] == "C" else None,
            "last_subscribed_power_change_date": _instant(max(changes, default=None)),
            "services_level": None
            if point.niveau_ouverture_services is None
            else _NIVEAUX[point.niveau_ouverture_services],
        }
    )


def _donnees_generales(point: PointFacts) -> dict[str, Any]:
    address = {
        "number_street_name": point.numero_et_nom_voie,
        "postal_code_city": f"{point.code_postal} {point.commune}",
        "insee_code": point.code_insee,
        "staircase_floor_apartment": point.escalier_etage_appartement,
        "building": point.batiment,
        "locality": point.lieu_dit,
    }
    return {"address": without_none(address)}


def _alimentation(point: PointFacts) -> dict[str, Any]:
    serial = _serial(point)
    connection = point.puissance_raccordement
    power = None if connection is None else _value(connection, point.puissance_raccordement_unite)
    three = point.tension_livraison == _TRIPHASE
    return without_none(
        {
            "serial_number": None if serial is None or not serial.isdigit() else int(serial),
            "connection_state": libelle_de("etatAlimentation", point.etat_alimentation),
            "voltage_level": libelle_de("domaineTension", point.domaine_tension),
            "phase_count": (3 if three else 1) if point.petit else None,
            "consumption_connection_power": power if point.contrat_soutirage else None,
            "generation_connection_power": power if point.contrat_injection else None,
            "nominal_service_voltage": {"value": _TENSIONS[point.domaine_tension], "unit": "V"},
        }
    )


def _comptage(point: PointFacts) -> dict[str, Any]:
    code = point.type_comptage or "SSCPT"
    meter: dict[str, Any] = without_none({"numeroSerie": _serial(point)})
    meter["regimePropriete"] = {"code": "LOUE", "libelle": "Loué"}
    if point.puissance_souscrite is not None:
        meter["puissanceProgrammee1"] = {
            "valeur": point.puissance_souscrite,
            "classeTemporellePuissanceProgrammee": {
                "code": "BASE",
                "libelle": libelle_de("classeTemporelle", "BASE"),
            },
        }
    body: dict[str, Any] = {
        "dispositifComptage": {
            "typeComptage": {
                "code": COMPTEUR_LINKY if code == "LINKY" else code,
                "libelle": libelle_de("typeComptage", code),
            }
        },
        "compteurs": [meter] if point.compteurs else [],
    }
    if point.heures_creuses_libelle is not None:
        body["relais"] = {"plageHeuresCreuses": point.heures_creuses_libelle}
    return body


def _serial(point: PointFacts) -> str | None:
    """Return the number of the meter that is in place."""
    if not point.compteurs:
        return None
    return point.compteurs[-1].numero_serie or point.compteurs[-1].matricule


def _value(value: float, unite: str | None) -> dict[str, Any]:
    return {"value": float(value), "unit": unite}


def _instant(day: date | None) -> str | None:
    """Return a legal midnight as the captures write it: 2024-10-12T00:00:00+0200."""
    return None if day is None else start_of_day(day).strftime("%Y-%m-%dT%H:%M:%S%z")


def without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are known."""
    return {name: value for name, value in values.items() if value is not None}


SITUATION: Final = "situation_contrat_auto"
APIS: Final[Mapping[str, Callable[[PointFacts], Any]]] = {
    SITUATION: _situation,
    "synth_contrat_auto": _synthese,
    "donnees_generales_auto": _donnees_generales,
    "comptage_auto": _comptage,
    "alimentation_auto": _alimentation,
}
"""The five APIs, and what each answers of a point."""


SERVICES_API: Final = "subscribed_services"
_SEGMENTS: Final[dict[Sens, str]] = {"SOUTIRAGE": "C5", "INJECTION": "P4"}
PAR_PAGE: Final = 1000
"""Services of a page (assumed)."""


class DemandeServices(BaseModel):
    """What is asked: the fields of the swagger; those that name nothing here select nothing."""

    model_config = ConfigDict(extra="forbid", strict=True)

    comptage: bool
    autorisationId: int | None = None
    siren: list[str] | None = None
    pointId: list[str] | None = Field(None, max_length=1000)
    dateDebut: str | None = None
    dateFin: str | None = None
    etatCode: list[str] = Field(default_factory=lambda: ["ACTIF", "DEMANDE"])
    serviceType: str = "ACCES"
    mesureTypeCode: list[str] | None = None
    soutirage: bool | None = None
    injection: bool | None = None
    page: int = Field(1, ge=1)
    autorisation: bool = True
    _fit = field_validator("*")(fit)

    def keeps(self, service: dict[str, Any]) -> bool:
        """Tell whether a service is among those that are asked for."""
        return (
            self.serviceType == service["serviceCode"]
            and service["etatCode"] in self.etatCode
            and (not self.pointId or service["pointId"] in self.pointId)
            and (not self.mesureTypeCode or service["mesuresTypeCode"] in self.mesureTypeCode)
            and (not self.soutirage or service["soutirage"])
            and (not self.injection or service["injection"])
            and (not self.siren or service.get("sirenTitulaire") in self.siren)
            and (self.dateDebut is None or service["dateFin"] > self.dateDebut)
            and (self.dateFin is None or service["dateDebut"] < self.dateFin)
        )


def answer_services(backend: RestBackend, exchange: RestExchange) -> RestAnswer:
    """List services, or count them; raises `Refus`."""
    let_in(backend, exchange, SERVICES_API)
    demande = _read(exchange)
    kept = [service for service in _services(exchange, demande) if demande.keeps(service)]
    body: dict[str, Any] = {"nbTotalServices": len(kept)}
    first = (demande.page - 1) * PAR_PAGE
    if shown := kept[first : first + PAR_PAGE]:
        exchange.prm = shown[0]["pointId"]
        if not demande.comptage:
            body["serviceSouscrit"] = (
                shown
                if demande.autorisation
                else [{n: v for n, v in view.items() if n != "autorisation"} for view in shown]
            )
    return json_answer(body)


def _read(exchange: RestExchange) -> DemandeServices:
    """Read the body; one that isn't the swagger's is a 500 (measured)."""
    if exchange.call.media_type != JSON:
        raise Refus(rules_2026.HORS_SWAGGER)
    try:
        demande = DemandeServices.model_validate_json(exchange.call.body)
    except ValidationError as error:
        first = error.errors()[0]
        exchange.notes.append(f"{'.'.join(map(str, first['loc']))} : {first['type']}")
        raise Refus(rules_2026.HORS_SWAGGER) from None
    if demande.autorisationId is None and not demande.siren:
        raise Refus(rules_2026.HORS_SWAGGER)
    return demande


def _services(exchange: RestExchange, demande: DemandeServices) -> Sequence[dict[str, Any]]:
    application = exchange.client
    if application.en_bac_a_sable:
        asked = demande.autorisationId
        return [] if asked is None else mocks_2026.services(asked)
    vue = exchange.vue
    found = vue.ask(read_services_of, application.client_id)
    today = exchange.now.date()
    listed = []
    for service in found:
        if demande.autorisationId not in (None, service.autorisation_id):
            continue
        dossier = vue.lire(prm=service.prm).dossier
        assert dossier is not None, "a foreign key holds it"
        point = dossier.point
        described = mocks_2026.service(
            service.service_souscrit_id,
            service.prm,
            DONNEES_ACCES[service.type],
            service.debut.isoformat(),
            service.fin.isoformat(),
            service.autorisation_id,
            etat=service.etat if today < service.fin else "TERMINE",
            segment=_SEGMENTS[service.sens],
            soutirage=service.sens == "SOUTIRAGE",
            injection=service.sens == "INJECTION",
        )
        if point.siret is not None:
            described["sirenTitulaire"] = point.siret[:9]
        listed.append(described)
    return listed

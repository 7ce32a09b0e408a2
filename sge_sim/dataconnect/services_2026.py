"""`POST /subscribed_services/v1`: the services that the consents given to an application opened."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sge_sim.dataconnect import mocks_2026, rules_2026
from sge_sim.dataconnect.exchange import JSON, RestAnswer, RestBackend, RestExchange, json_answer
from sge_sim.dataconnect.gateway import let_in
from sge_sim.domaine.nomenclatures import DONNEES_ACCES, Sens
from sge_sim.refus import Refus
from sge_sim.tables.dataconnect import read_services_of

API: Final = "subscribed_services"
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
    let_in(backend, exchange, API)
    demande = _read(exchange)
    kept = [service for service in _services(exchange, demande) if demande.keeps(service)]
    body: dict[str, Any] = {"nbTotalServices": len(kept)}
    first = (demande.page - 1) * PAR_PAGE
    if shown := kept[first : first + PAR_PAGE]:
        exchange.prm = shown[0]["pointId"]
        if not demande.comptage:
            body["serviceSouscrit"] = (
                shown if demande.autorisation else [_without_autorisation(one) for one in shown]
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
    for one in found:
        if demande.autorisationId not in (None, one.autorisation_id):
            continue
        dossier = vue.lire(prm=one.prm).dossier
        assert dossier is not None, "a foreign key holds it"
        point = dossier.point
        told = mocks_2026.service(
            one.service_souscrit_id,
            one.prm,
            DONNEES_ACCES[one.type],
            one.debut.isoformat(),
            one.fin.isoformat(),
            one.autorisation_id,
            etat=one.etat if today < one.fin else "TERMINE",
            segment=_SEGMENTS[one.sens],
            soutirage=one.sens == "SOUTIRAGE",
            injection=one.sens == "INJECTION",
        )
        if point.siret is not None:
            told["sirenTitulaire"] = point.siret[:9]
        listed.append(told)
    return listed


def _without_autorisation(service: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in service.items() if name != "autorisation"}

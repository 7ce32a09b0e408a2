"""The APIs of Data Connect 2026 without measures: contract, technical data, services opened.

The PRM of the first two is in the path; `POST /subscribed_services/v1` lists the services that the
consents given to an application opened.
"""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sge_sim.dataconnect import mocks_2026
from sge_sim.dataconnect.acces import Refusals, read_point
from sge_sim.dataconnect.exchange import (
    JSON,
    RestAnswer,
    RestBackend,
    RestExchange,
    answer_2026,
    json_answer,
    read_json,
)
from sge_sim.dataconnect.gateway import let_in
from sge_sim.dataconnect.rest_rules import DE_2026
from sge_sim.domaine.nomenclatures import DONNEES_ACCES, Sens
from sge_sim.domaine.prm import PRM
from sge_sim.machine.texts import fit
from sge_sim.referentiel.fiche_rest import APIS
from sge_sim.refus import Refus
from sge_sim.tables.dataconnect import read_nom_acteur, read_services_of

REFUSALS: Final = Refusals(
    DE_2026["client_non_autorise"], DE_2026["client_non_autorise"], DE_2026["sans_service_souscrit"]
)


def answer_contrat(
    backend: RestBackend, exchange: RestExchange, api: str, prm: str | None
) -> RestAnswer:
    """Answer one of `APIS` for a point; raises `Refus`. A PRM that isn't one is a 500 (measured
    for a PRM that isn't in the path)."""
    let_in(backend, exchange, api)
    if prm is None or PRM.fullmatch(prm) is None:
        raise Refus(DE_2026["demande_hors_swagger"])
    mock = mocks_2026.contrat(api, prm) if exchange.client.en_bac_a_sable else None
    if mock is not None:
        exchange.prm = prm
        return answer_2026(backend, mock)
    point = read_point(exchange, prm, REFUSALS).point
    if not point.en_service:
        raise Refus(DE_2026["sans_service_souscrit"])
    contractor = exchange.vue.ask(read_nom_acteur, point.fournisseur_titulaire or "")
    return answer_2026(backend, APIS[api](point, contractor))


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
    demande = read_json(exchange, DemandeServices, DE_2026["demande_hors_swagger"], (JSON,))
    if demande.autorisationId is None and not demande.siren:
        raise Refus(DE_2026["demande_hors_swagger"])
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

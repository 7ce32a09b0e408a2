"""Between an endpoint and its service: the session, the refusals."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError

from sge_sim.ecarts import plateforme_at
from sge_sim.environ import DEMANDEUR, INSTANT, LOGIN, PRM, Demandeur
from sge_sim.errors import UsageError
from sge_sim.resources import data_path
from sge_sim.services.registry import SERVICES
from sge_sim.services.rule import Refus
from sge_sim.services.service import Appel, Service
from sge_sim.settings import Settings
from sge_sim.soap.contract import load_contracts
from sge_sim.soap.endpoint import Answer, Call, Endpoint
from sge_sim.soap.protocol import SgtFault
from sge_sim.store.database import Database

_UNAVAILABLE = "SGT506"
_POINT = ("pointId",)
_LOGINS = ("initiateurLogin", "loginDemandeur", "loginUtilisateur")


def build_endpoints(settings: Settings, database: Database) -> dict[str, Endpoint]:
    """Publish every contract, by path, with the service that answers it.

    Raises `UsageError` for a document that can't be published and for a disabled rule that no
    service has.
    """
    known = {rule.name for service in SERVICES for rule in service.rules}
    for name in settings.disabled_rules:
        if name not in known:
            raise UsageError(
                f"« {name} » n'est la règle d'aucun service : docs/codes.md les nomme toutes."
            )
    services = {service.path: service for service in SERVICES}
    contracts = load_contracts(data_path("wsdl"), settings.wsdl_dir)
    assert contracts.keys() == services.keys(), "a contract without its service, or the reverse"
    endpoints = {}
    for path, contract in contracts.items():
        service = services[path]
        endpoint = endpoints[path] = Endpoint(
            contract,
            handler(service, database, settings),
            service.faultstring,
            settings.strict,
        )
        if settings.wsdl_dir is not None:
            _ = endpoint.application  # a kit that can't be served is told at the start
    return endpoints


def handler(service: Service, database: Database, settings: Settings) -> Callable[[Call], Answer]:
    """Return what the endpoint of `service` calls.

    A database that doesn't answer in time is a service that is momentarily unavailable, in the
    services that have a code for it; a failure elsewhere.
    """
    open_session = database.transaction if service.writes else database.sessions

    def handle(call: Call) -> Answer:
        demandeur: Demandeur = call.environ[DEMANDEUR]
        instant: datetime = call.environ[INSTANT]
        call.environ[PRM] = _told(call.body, _POINT)
        call.environ[LOGIN] = _told(call.body, _LOGINS)
        try:
            with open_session() as session:
                return service.handle(
                    Appel(call.body, call.header, demandeur, session, instant, settings)
                )
        except Refus as refus:
            raise SgtFault(
                refus.rule.code,
                label=_label_in_force(refus.rule.code, settings, instant),
                explanation=refus.rule.remede,
                rule=refus.rule,
            ) from None
        except OperationalError as error:
            code = _UNAVAILABLE if _UNAVAILABLE in service.codes else "SGT500"
            raise SgtFault(
                code, explanation=f"La base de données ne répond pas : {error}"
            ) from error

    return handle


def _label_in_force(code: str, settings: Settings, instant: datetime) -> str | None:
    """Return the label of the platform being played, None where it is that of the annex."""
    if not settings.plays_real_homologation:
        return None
    return plateforme_at(instant.date()).libelles.get(code)


def _told(body: Any, names: Sequence[str]) -> str | None:
    """Return the first of these members in a demand, wherever the contract puts it."""
    if not isinstance(body, dict):
        return None
    here: str | None = next(filter(None, map(body.get, names)), None)
    return here or next(filter(None, (_told(each, names) for each in body.values())), None)

"""Between an endpoint and its service: the session, the refusals."""

import logging
from collections.abc import Set
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from sge_sim.commandes.echeances import catch_up_orders, transaction_on
from sge_sim.errors import UsageError
from sge_sim.facts.database import DATABASE_UNREACHABLE, Database, unreachable_sentence
from sge_sim.facts.lecture import Lire, faits_within
from sge_sim.machine.data_files import data_path
from sge_sim.refus import Refus, check
from sge_sim.services.disabled_rules import disabled_by_path
from sge_sim.services.habilitation import Appelant
from sge_sim.services.registry import BY_PATH, SERVICES
from sge_sim.services.service import Appel, Service
from sge_sim.settings import Settings
from sge_sim.soap.contract import load_contracts
from sge_sim.soap.endpoint import Endpoint
from sge_sim.soap.exchange import Exchange
from sge_sim.soap.messages import MessageWriter
from sge_sim.soap.operation import Handler
from sge_sim.soap.protocol import FaultStyle, SgtFault

_log = logging.getLogger(__name__)


def build_endpoints(settings: Settings, database: Database) -> dict[str, Endpoint]:
    """Publish every contract, by path, with the service that answers it.

    Raises `UsageError` for a document that can't be published, a contract without its service or
    the reverse, and a rule that can't be disabled as it is named.
    """
    disabled = disabled_by_path(settings.disabled_rules, SERVICES)
    contracts = load_contracts(data_path("wsdl"), settings.wsdl_dir)
    hold_together(contracts.keys(), BY_PATH.keys())
    endpoints = {}
    for path, contract in contracts.items():
        service = BY_PATH[path]
        endpoint = endpoints[path] = Endpoint(
            contract,
            handler(service, database, settings, disabled[path]),
            _style(service, settings),
            existence=service.existence,
            strict=settings.strict,
            # GUI 0466 is about the dictionaries whose answers have an acquittement.
            zoned_dates=settings.dates_zonees and contract.response_header is not None,
            unavailable=_unavailable(service),
            par_seconde=service.par_seconde,
        )
        if settings.wsdl_dir is not None:
            endpoint.load()  # a kit that can't be served is told at the start
    return endpoints


def _style(service: Service, settings: Settings) -> FaultStyle:
    empty = {
        name: (rule.of(service.nom), service.libelle(rule.code))
        for name, rule in service.vides.items()
    }
    if service.bare_faults is None:
        return FaultStyle(service.faultstring, empty)
    return FaultStyle(service.faultstring, empty, partial(service.bare_faults, settings))


def hold_together(contracts: Set[str], services: Set[str]) -> None:
    """Raise `UsageError` for the path of a contract without its service, or the reverse."""
    for path in sorted(contracts - services):
        raise UsageError(
            f"Le contrat {path} n'a pas de service : le commencer par « make service », ou retirer "
            "son document de wsdl/."
        )
    for path in sorted(services - contracts):
        raise UsageError(f"Le service {path} n'a pas de contrat : ajouter son document à wsdl/.")


def handler(
    service: Service, database: Database, settings: Settings, disabled: frozenset[str]
) -> Handler:
    """Return what the endpoint of `service` calls; it passes over the rules that are `disabled`.

    What a service that writes has changed is committed once its answer is written, and undone by
    whatever goes wrong before; what was due on its point stays done. A database that doesn't answer
    in time is a service that is momentarily unavailable.
    """

    def handle(exchange: Exchange, messages: MessageWriter) -> bytes:
        try:
            lire = (exchange.vue or database.memoire.look()).lire
            if settings.environment == "production":
                _check_habilitation(service, exchange, lire, disabled)
            if service.writes:
                with transaction_on(database, exchange.prm) as (session, exchange.instant):
                    return answer(exchange, partial(faits_within, session), session, messages)
            if service.searches:
                with database.sessions() as session:
                    return answer(exchange, lire, session, messages)
            return answer(exchange, lire, None, messages)
        except Refus as refus:
            raise SgtFault(
                refus.rule.code,
                libelle=_libelle_in_force(service, refus.rule.code, settings, exchange.instant),
                constat=refus.constat,
                rule=refus.rule.of(service.nom),
            ) from None
        except DATABASE_UNREACHABLE as error:
            told = unreachable_sentence(error)
            _log.error("%s ne peut pas répondre : %s", service.path, told)
            raise SgtFault(_unavailable(service), constat=told) from error

    def answer(
        exchange: Exchange, lire: Lire, session: Session | None, messages: MessageWriter
    ) -> bytes:
        assert exchange.demandeur is not None
        appel = Appel(
            exchange.demande,
            exchange.entete,
            exchange.demandeur,
            exchange.instant,
            settings,
            lire,
            session,
            lambda: catch_up_orders(database, exchange.instant, exchange.prm),
            disabled,
        )
        return messages.write(service.handle(appel), exchange.entete)

    return handle


def _check_habilitation(
    service: Service, exchange: Exchange, lire: Lire, disabled: frozenset[str]
) -> None:
    """Check that the actor has obtained the package of the service; raises `Refus`."""
    assert exchange.demandeur is not None
    acteur = lire(acteur=exchange.demandeur.code).acteur
    appelant = Appelant(acteur, service.package)
    check((service.habilitation,), appelant, disabled)


def _libelle_in_force(service: Service, code: str, settings: Settings, instant: datetime) -> str:
    """Return the label of the platform being played, if it has one of its own."""
    return settings.plateforme(instant.date()).libelles.get(code) or service.libelle(code)


def _unavailable(service: Service) -> str:
    """Return the code of `service` for what can't be reached for now; not all have one."""
    return "SGT506" if "SGT506" in service.codes else "SGT500"

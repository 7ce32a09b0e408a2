"""Between an endpoint and its service: the session, the refusals, the rules that are passed over.

`--disabled-rules` names rules to pass over, to try a test harness: by their whole names,
`Service/nom`, in all the versions of the service.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import partial
from typing import Any

from sge_sim.commandes.echeances import catch_up_orders, transaction_on
from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.memoire import Vue
from sge_sim.facts.outage import DATABASE_UNREACHABLE, unreachable_sentence
from sge_sim.machine.files import data_path
from sge_sim.machine.once import MadeWhenAsked
from sge_sim.refus import Control, Refus, check
from sge_sim.services.acces import Appelant
from sge_sim.services.registry import BY_PATH, SERVICES
from sge_sim.services.service import Appel, Service
from sge_sim.settings import Settings
from sge_sim.soap.contract import load_contracts
from sge_sim.soap.endpoint import AnswersDemand, Endpoint
from sge_sim.soap.exchange import Exchange
from sge_sim.soap.messages import MessageWriter
from sge_sim.soap.protocol import FaultStyle, SgtFault


def disabled_by_path(
    names: Iterable[str], services: Sequence[Service]
) -> Mapping[str, frozenset[str]]:
    """Return the names of the disabled rules of each service, by its path.

    Raises `UsageError` for a name that no rule has, and for a rule without which its service has
    nothing to answer.
    """
    disabled: dict[str, set[str]] = {service.path: set() for service in services}
    by_name: dict[str, list[tuple[Service, Control[Any]]]] = {}
    for service in services:
        for rule in service.controls:
            by_name.setdefault(rule.of(service.nom).name, []).append((service, rule))
    for name in names:
        if name not in by_name:
            raise UsageError(
                f"« {name} » n'est la règle d'aucun service : {_nearest(name, by_name)}."
            )
        for service, rule in by_name[name]:
            if rule.indispensable:
                raise UsageError(
                    f"« {name} » ne se désactive pas : sans cette règle, {service.nom} n'a rien à "
                    "répondre."
                )
            disabled[service.path].add(rule.name)
    return {path: frozenset(found) for path, found in disabled.items()}


def _nearest(name: str, known: Iterable[str]) -> str:
    """Return the whole names that end like `name`, in French; where to read all, if none does."""
    ending = f"/{name.rpartition('/')[2]}"
    found = sorted(whole for whole in known if whole.endswith(ending))
    return f"donner {' ou '.join(found)}" if found else "docs/codes.md les nomme toutes"


_log = logging.getLogger(__name__)


def build_endpoints(settings: Settings, database: Database) -> Mapping[str, Endpoint]:
    """Publish every contract, by path, with the service that answers it: read when it is asked for,
    those of a user's kit now.

    Raises `UsageError` for a document that can't be published, a contract without its service or
    the reverse, and a rule that can't be disabled as it is named.
    """
    disabled = disabled_by_path(settings.disabled_rules, SERVICES)
    contracts = load_contracts(data_path("wsdl"), settings.wsdl_dir)
    hold_together(contracts.keys(), BY_PATH.keys())

    def publish(path: str) -> Endpoint:
        service, contract = BY_PATH[path], contracts[path]
        return Endpoint(
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

    endpoints = MadeWhenAsked(contracts, publish)
    if settings.wsdl_dir is not None:
        for endpoint in endpoints.values():
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
) -> AnswersDemand:
    """Return what the endpoint of `service` calls; it passes over the rules that are `disabled`.

    What a service that writes has changed is committed once its answer is written, and undone by
    whatever goes wrong before; what was due on its point stays done. A database that doesn't answer
    in time is a service that is momentarily unavailable.
    """

    def handle(exchange: Exchange, messages: MessageWriter) -> bytes:
        assert exchange.demandeur is not None
        try:
            vue = exchange.vue or database.memoire.look()
            if settings.environment == "production":
                _check_habilitation(service, exchange.demandeur, vue, disabled)
            asked = service.asks(exchange.demande, exchange.demandeur)
            of = exchange.demande, exchange.entete, exchange.demandeur
            if service.writes:
                with transaction_on(database, asked.get("prm"), asked) as (session, now, faits):
                    exchange.instant = now
                    appel = Appel(*of, now, settings, faits, session, disabled)
                    return messages.write(service.handle(appel), exchange.entete)
            if service.catches_up:
                catch_up_orders(database, exchange.instant, asked["prm"])
                vue = database.memoire.look()
            appel = Appel(*of, exchange.instant, settings, vue.lire(**asked), None, disabled)
            if service.searches:
                with database.sessions() as appel.session:
                    return messages.write(service.handle(appel), exchange.entete)
            return messages.write(service.handle(appel), exchange.entete)
        except Refus as refus:
            code, played = refus.rule.code, settings.plateforme(exchange.instant.date())
            raise SgtFault(
                code,
                libelle=played.libelles.get(code) or service.libelle(code),
                constat=refus.constat,
                rule=refus.rule.of(service.nom),
            ) from None
        except DATABASE_UNREACHABLE as error:
            sentence = unreachable_sentence(error)
            _log.error("%s ne peut pas répondre : %s", service.path, sentence)
            raise SgtFault(_unavailable(service), constat=sentence) from error

    return handle


def _check_habilitation(
    service: Service, demandeur: Demandeur, vue: Vue, disabled: frozenset[str]
) -> None:
    """Check that the actor has obtained the package of the service; raises `Refus`."""
    acteur = vue.lire(acteur=demandeur.code).acteur
    appelant = Appelant(acteur, service.package)
    check((service.habilitation,), appelant, disabled)


def _unavailable(service: Service) -> str:
    """Return the code of `service` for what can't be reached for now; not all have one."""
    return "SGT506" if "SGT506" in service.codes else "SGT500"

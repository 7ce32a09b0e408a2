"""The gateway before the APIs: the token, the subscription, the quotas.

They are looked at in this order (WSO2's, assumed for Enedis').
"""

from datetime import UTC, datetime
from typing import Final

from sge_sim.dataconnect.exchange import PlannedAnswer, RestBackend, RestExchange
from sge_sim.dataconnect.pannes import HEURE, Vise, answer_of, strike, written_hour
from sge_sim.dataconnect.readings import Resource
from sge_sim.dataconnect.rest_rules import (
    API_NON_SOUSCRITE,
    NO_TOKEN,
    QUOTA_HEURE,
    QUOTA_SECONDE,
    TOKEN_REFUSED,
)
from sge_sim.refus import Refus
from sge_sim.tables.comptages import Quota
from sge_sim.tables.dataconnect import APIS, read_application, read_revoked

PAR_SECONDE: Final = 5
PAR_HEURE_V5: Final = 10_000
"""Calls of an actor, all APIs of v5 together (FAQ)."""
PAR_HEURE_2026: Final = 1_000
"""Calls of an actor, for each API of 2026 (official page; per actor: assumed), of a company too
(pilot of 2023)."""


def let_in(
    backend: RestBackend, exchange: RestExchange, api: str, resource: Resource | None = None
) -> None:
    """Find the application of a call, and count the call; raises `Refus`.

    `resource` is what is measured, if anything. A panne that strikes it is kept in the exchange,
    or raises `PlannedAnswer` where it comes in place of the answer.
    """
    _authenticate(backend, exchange)
    if api not in exchange.client.apis:
        raise Refus(API_NON_SOUSCRITE)
    if backend.settings.quotas:
        # A second of the machine, an hour of the simulated clock: by actor in v5, by API in 2026.
        generation, acteur = APIS.get(api), exchange.client.acteur_code
        qui, par_heure = (
            (f"{acteur} v5", PAR_HEURE_V5)
            if generation == "v5"
            else (f"{acteur} {api}", PAR_HEURE_2026)
        )
        heure = int(exchange.now.timestamp()) // HEURE
        of_hour = Quota(f"{qui} h", heure, par_heure)
        # A company's applications have their calls of a second, whatever the API (pilot of 2023).
        pressed = qui if generation else exchange.client.client_id
        of_second = Quota(f"{pressed} s", int(exchange.machine.timestamp()), PAR_SECONDE)
        exhausted = backend.counts.take((of_hour, of_second))
        if exhausted is not None:
            raise _beyond(exhausted, of_hour)
    if not exchange.pannes:
        return
    mesure, sens = (resource.mesure, resource.sens) if resource else (None, None)
    vise = Vise(api, exchange.call.prm, mesure, sens)
    panne = strike(backend, exchange, "rest", vise)
    if panne is not None and panne.declared.statuts:
        raise PlannedAnswer(answer_of(exchange, panne, vise))


def _authenticate(backend: RestBackend, exchange: RestExchange) -> None:
    scheme, _, text = exchange.call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Refus(NO_TOKEN)
    access_token = backend.tokens.read(text.strip())
    if access_token is None or access_token.fin <= exchange.now:
        raise Refus(TOKEN_REFUSED)
    application, revoque = exchange.vue.read(
        (read_application, access_token.client_id), (read_revoked, access_token.jti)
    )
    if application is None or revoque:
        raise Refus(TOKEN_REFUSED)
    exchange.client = exchange.application = application
    exchange.acteur_code = application.acteur_code


def _beyond(exhausted: Quota, of_hour: Quota) -> Refus:
    """Return the refusal of a call beyond a quota."""
    if exhausted is not of_hour:
        return Refus(QUOTA_SECONDE)
    until = written_hour(datetime.fromtimestamp((of_hour.fenetre + 1) * HEURE, UTC))
    description = f"You have exceeded your quota .You can access API after {until}"
    return Refus(QUOTA_HEURE, description=description, nextAccessTime=until)

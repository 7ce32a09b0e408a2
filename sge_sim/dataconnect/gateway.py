"""The gateway before the APIs: the token, the subscription, the quotas.

They are looked at in this order (WSO2's, assumed for Enedis').
"""

from datetime import UTC, datetime
from typing import Final

from sge_sim.dataconnect.backend import RestBackend
from sge_sim.dataconnect.exchange import PlannedStatus, RestExchange
from sge_sim.dataconnect.rest_rules import (
    API_NON_SOUSCRITE,
    NO_TOKEN,
    QUOTA_HEURE,
    QUOTA_SECONDE,
    TOKEN_REFUSED,
)
from sge_sim.domaine.pannes import SORTES_APPEL, SORTES_SOAP
from sge_sim.door.pannes import STATUSES
from sge_sim.refus import Refus
from sge_sim.tables.dataconnect import APIS, read_application
from sge_sim.tables.quotas import Quota
from sge_sim.tables.revoked_tokens import read_revoked

PAR_SECONDE: Final = 5
PAR_HEURE_V5: Final = 10_000
"""Of an actor, all APIs of v5 together (FAQ)."""
PAR_HEURE_2026: Final = 1_000
"""Of an actor, for each API of 2026 (official page; per actor: assumed)."""

_SORTES: Final = tuple(one for one in SORTES_APPEL if one not in SORTES_SOAP)
_HEURE: Final = 3600
_MOIS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def let_in(backend: RestBackend, exchange: RestExchange, api: str) -> None:
    """Find the application of a call, and count the call; raises `Refus`.

    A planned fault that strikes it is kept in the exchange, or raises `PlannedStatus` where it
    comes in place of the answer.
    """
    _authenticate(backend, exchange)
    if api not in exchange.client.apis:
        raise Refus(API_NON_SOUSCRITE)
    if backend.settings.quotas:
        _count(backend, exchange, api)
    _look_out(backend, exchange, api)


def _look_out(backend: RestBackend, exchange: RestExchange, api: str) -> None:
    plans = backend.guet.plans(exchange.vue, _SORTES, service=api, acteur=exchange.acteur_code)
    if not plans:
        return
    prm = exchange.call.prm
    exchange.atteinte = backend.guet.strike(tuple(one for one in plans if one.prm in (None, prm)))
    if exchange.atteinte is None:
        return
    exchange.notes.append(exchange.atteinte.told)
    status = STATUSES.get(exchange.atteinte.panne.sorte)
    if status is not None:
        exchange.prm = prm
        raise PlannedStatus(status)


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
    exchange.application, exchange.acteur_code = application, application.acteur_code


def _count(backend: RestBackend, exchange: RestExchange, api: str) -> None:
    """Count a call in its second of the machine and in its hour of the simulated clock."""
    heure = int(exchange.now.timestamp()) // _HEURE
    v5 = APIS[api] == "v5"
    acteur = exchange.client.acteur_code
    qui = f"{acteur} v5" if v5 else f"{acteur} {api}"
    # The second goes by actor in v5, by API in 2026, as the hour does.
    seconde = Quota(f"{qui} s", int(exchange.machine.timestamp()), PAR_SECONDE)
    par_heure = Quota(f"{qui} h", heure, PAR_HEURE_V5 if v5 else PAR_HEURE_2026)
    exhausted = backend.counts.take((par_heure, seconde))
    if exhausted is par_heure:
        until = _told(datetime.fromtimestamp((heure + 1) * _HEURE, UTC))
        raise Refus(
            QUOTA_HEURE,
            description=f"You have exceeded your quota .You can access API after {until}",
            nextAccessTime=until,
        )
    if exhausted is seconde:
        raise Refus(QUOTA_SECONDE)


def _told(instant: datetime) -> str:
    """Return an instant as the gateway writes it.

    >>> _told(datetime(2026, 7, 22, 5, tzinfo=UTC))
    '2026-Jul-22 05:00:00+0000 UTC'
    """
    return f"{instant:%Y}-{_MOIS[instant.month - 1]}-{instant:%d %H:%M:%S}+0000 UTC"

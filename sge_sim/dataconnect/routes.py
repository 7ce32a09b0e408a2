"""Which path leads where."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sge_sim.dataconnect import (
    clients_v5,
    contrat_2026,
    mesures_2026,
    mesures_v5,
    oauth,
    page,
    rest_rules,
    services_2026,
)
from sge_sim.dataconnect.exchange import RestAnswer, RestBackend, RestExchange
from sge_sim.refus import Refus

Handler = Callable[[RestBackend, RestExchange, re.Match[str]], RestAnswer]


@dataclass(frozen=True)
class Route:
    """A path, the methods that it takes, the service and version under which it is recorded."""

    path: re.Pattern[str]
    methods: tuple[str, ...]
    service: str | None
    version: str | None
    handler: Handler
    v5: bool = False


def _route(
    pattern: str,
    methods: str,
    service: str | None,
    version: str | None,
    handler: Handler,
    *,
    v5: bool = False,
) -> Route:
    return Route(re.compile(pattern), tuple(methods.split()), service, version, handler, v5)


def _of_2026() -> Iterator[Route]:
    yield _route(
        r"/mesure_synchrone_auto/v2/([a-z_]+)",
        "GET",
        mesures_2026.API,
        "2",
        lambda p, e, m: mesures_2026.answer_mesure(p, e, m[1]),
    )
    for api in contrat_2026.APIS:
        yield _route(
            # Without the PRM it isn't outside of the interface: it is wrong (measured).
            rf"/{api}/v1(?:/([^/]*))?",
            "GET",
            api,
            "1",
            lambda p, e, m, api=api: contrat_2026.answer_contrat(p, e, api, m[1] or ""),  # type: ignore[misc]
        )
    yield _route(
        r"/subscribed_services/v1/?",
        "POST",
        services_2026.API,
        "1",
        lambda p, e, _: services_2026.answer_services(p, e),
    )


def _of_v5() -> Iterator[Route]:
    for path, resource in mesures_v5.RESOURCES.items():
        yield _route(
            re.escape(path),
            "GET",
            resource.api,
            "5",
            lambda p, e, _, path=path: mesures_v5.answer_mesure_v5(p, e, path),  # type: ignore[misc]
            v5=True,
        )
    for path, (api, _) in clients_v5.RESOURCES.items():
        yield _route(
            re.escape(path),
            "GET",
            api,
            "5",
            lambda p, e, _, path=path: clients_v5.answer_client_v5(p, e, path),  # type: ignore[misc]
            v5=True,
        )


ROUTES: Final[tuple[Route, ...]] = (
    _route(r"/oauth2/v3/token", "POST", "oauth2", "3", lambda p, e, _: oauth.answer_token(p, e)),
    _route(r"/oauth2/v3/revoke", "POST", "oauth2", "3", lambda p, e, _: oauth.answer_revoke(p, e)),
    _route(
        r"/dataconnect/(v1|v2)/oauth2/authorize",
        "GET POST",
        page.SERVICE,
        None,
        lambda p, e, m: page.answer_page(p, e, m[1]),
    ),
    _route(
        r"/dataconnect/static/style\.css",
        "GET",
        None,
        None,
        lambda _p, _e, _m: RestAnswer(200, page.style(), "text/css; charset=utf-8"),
    ),
    *_of_2026(),
    *_of_v5(),
)


def handle(backend: RestBackend, exchange: RestExchange) -> RestAnswer:
    """Answer a call; raises `Refus`."""
    call = exchange.call
    for route in ROUTES:
        found = route.path.fullmatch(call.path)
        if found is None or (route.v5 and not backend.settings.data_connect_v5):
            continue
        if call.method not in route.methods:
            raise Refus(rest_rules.METHODE)
        exchange.service, exchange.version = route.service, route.version
        return route.handler(backend, exchange, found)
    raise Refus(rest_rules.SANS_RESSOURCE)

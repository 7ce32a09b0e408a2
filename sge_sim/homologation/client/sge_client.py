"""A client of SGE as an actor has one: zeep over mutual TLS, one client for all services.

Each WSDL is read once. The exact bytes of each call are kept, so that a report shows what crossed
the wire and not what a library made of it.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
import zeep
from zeep.exceptions import Error as ZeepError

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.answer_paths import as_text, mapped
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.client.messages import AppelFait, read_answer, request_header
from sge_sim.homologation.client.sender import (
    TIMEOUT_SECONDS,
    Marqueur,
    failure_in_french,
    open_session,
    product_of,
)
from sge_sim.machine import monde
from sge_sim.machine.files import data_path
from sge_sim.soap.contract import Contract, load_contracts


@dataclass(frozen=True)
class Cible:
    """The server to call, and as whom.

    `url` is `https://host[:port]`, without a path. `ca` is None for the public authorities;
    `certificat` holds the leaf and its intermediates. `admin_url` is the administration of a
    simulator, None for any other server. `pause` is the least number of seconds between two calls
    (the homologation platform takes one a second, observed 2022).
    """

    url: str
    certificat: Path
    cle: Path
    login: str
    contrat_id: str
    ca: Path | None = None
    admin_url: str | None = None
    pause: float = 0.0


class _Recorder(zeep.Transport):
    """zeep's transport, keeping the last call as it went; nobody has read its answer yet."""

    def __init__(self, session: requests.Session, pause: float, marqueur: Marqueur | None) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            session=session, timeout=TIMEOUT_SECONDS, operation_timeout=TIMEOUT_SECONDS
        )
        self.appel = AppelFait(None)
        self._pause = pause
        self._marqueur = marqueur
        self._last: float | None = None

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> Any:
        self._wait()
        if self._marqueur is not None:
            headers = {**headers, **self._marqueur.headers()}
        started = stopwatch()
        try:
            response = super().post(address, message, headers)  # type: ignore[no-untyped-call]
        finally:
            self._last = stopwatch()
            self.appel = AppelFait(None, message, duree_ms=elapsed_ms(started))
        self.appel = replace(
            self.appel,
            recu=response.content,
            statut_http=response.status_code,
            type_contenu=response.headers.get("Content-Type", ""),
        )
        return response

    def _wait(self) -> None:
        if self._last is not None and self._pause:
            monde.sleep(max(0.0, self._pause - elapsed_ms(self._last) / 1000.0))


class SgeClient:
    """Calls the services of `cible`; `kit` is the folder of the official WSDLs, ours without it.

    With `marqueur` the calls say that they are sge-sim's own; without one they are those of whoever
    uses this client. Raises `UsageError` for a kit that can't be used.
    """

    def __init__(
        self, cible: Cible, kit: Path | None = None, marqueur: Marqueur | None = None
    ) -> None:
        self.cible = cible
        self.contracts = load_contracts(data_path("wsdl"), kit)
        self._transport = _Recorder(open_https_session(cible), cible.pause, marqueur)
        self._clients: dict[str, zeep.Client] = {}
        self.admin_url = cible.admin_url
        self.reperes = reperes_of_sge(cible.login, cible.contrat_id)
        self.logiciel = product_of(self._transport.session, marqueur)

    def service_client(self, service: str, version: str) -> zeep.Client:
        """Return the zeep client of a service, whose port is the target's.

        Raises `UsageError` for a service that has no such version.
        """
        contract = self._contract(service, version)
        if contract.path not in self._clients:
            document = io.BytesIO(contract.published_at(f"{self.cible.url}{contract.path}"))
            self._clients[contract.path] = zeep.Client(  # type: ignore[no-untyped-call]
                document, transport=self._transport
            )
        return self._clients[contract.path]

    def newest_version(self, service: str) -> str:
        """Return the newest version of a service. Raises `UsageError` if none is published."""
        versions = [
            contract.version for contract in self.contracts.values() if contract.service == service
        ]
        if not versions:
            known = ", ".join(sorted({contract.service for contract in self.contracts.values()}))
            raise UsageError(f"« {service} » n'est pas un service : choisir parmi {known}.")
        return max(versions, key=lambda each: [int(part) for part in each.split(".")])

    def call(self, service: str, version: str, demande: Mapping[str, Any]) -> AppelFait:
        """Call a service with the content of its request element; never raises for the answer."""
        contract = self._contract(service, version)
        client = self.service_client(service, version)
        transport = self._transport
        transport.appel = AppelFait(None)
        try:
            header = request_header(contract, demande, self.cible.login)
            headers = None if header is None else [header]
            # zeep writes the message; what came back is judged on its bytes, not by zeep.
            with client.settings(raw_response=True):
                client.service[contract.operation](**_written(demande), _soapheaders=headers)
        except requests.RequestException as failure:
            erreur = failure_in_french(failure)
            return replace(transport.appel, contrat=contract, erreur=erreur)
        except (ZeepError, TypeError, ValueError) as failure:
            return AppelFait(None, erreur=_unwritable(failure))
        made = replace(transport.appel, contrat=contract)
        try:
            return replace(made, reponse=read_answer(made.recu))
        except ValueError as failure:
            return replace(made, erreur=f"Réponse HTTP {made.statut_http} : {failure}")

    def _contract(self, service: str, version: str) -> Contract:
        contract = self.contracts.get(f"/{service}/v{version}")
        if contract is None:
            raise UsageError(
                f"{service} v{version} n'a pas de WSDL : choisir parmi "
                f"{', '.join(sorted(self.contracts))}."
            )
        return contract


def open_https_session(cible: Cible) -> requests.Session:
    """Return a session of requests that presents the actor's certificate to the target."""
    session = open_session(cible.ca)
    session.cert = (str(cible.certificat), str(cible.cle))
    return session


def _unwritable(failure: Exception) -> str:
    """Return why zeep can't write a demand, in French, with the element that it names."""
    named = re.search(r"lement (?:\{.*?\})?(\w+)|argument '(\w+)'", str(failure))
    where = "" if named is None else f" : élément {named[1] or named[2]}"
    return f"La demande n'est pas celle du contrat, et ne peut pas être écrite{where}."


def _written(demande: Mapping[str, Any]) -> Any:
    """Return a demand whose booleans are text: zeep drops a False that stands in an `xs:choice`."""
    return mapped(demande, lambda value: as_text(value) if isinstance(value, bool) else value)

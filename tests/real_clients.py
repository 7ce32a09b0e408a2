"""Clients of market actors, unmodified, on the real WSDLs that lowatt-enedis carries."""

import importlib.resources
import json
import os
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import HTTPSHandler, build_opener

import requests
import zeep
from loaded_programs import run_module
from lxml import etree
from running_simulator import RunningSimulator
from suds.client import Client as SudsClient
from suds.transport.http import HttpTransport
from zeep.transports import Transport
from zeep.wsdl import Document

from sge_sim.machine.files import data_path
from sge_sim.soap.contract import ENVELOPE, Contract, load_contracts

OBTAINED: defaultdict[str, set[str]] = defaultdict(set)
"""The return codes that clients obtained in this process, by the path of the service."""

KIT = Path(str(importlib.resources.files("lowatt_enedis"))) / "wsdl"


@cache
def real_contracts() -> dict[str, Contract]:
    """The contracts as the real documents state them, by path."""
    return load_contracts(data_path("wsdl"), KIT)


@cache
def real_document(path: str) -> Document:
    """Read a real WSDL by zeep, once for all its clients: nothing takes them longer."""
    return Document(real_contracts()[path].source.as_uri(), Transport(cache=None))


@cache
def answered_contract(path: str) -> Contract:
    """The contract that an answer is to respect: the real document, where it is of today.

    That of ConsultationMesuresDetaillees v3.0 is older than the schema of April 2024: ours.
    """
    if path == "/ConsultationMesuresDetaillees/v3.0":
        return load_contracts(data_path("wsdl"))[path]
    return real_contracts()[path]


class Recorder(zeep.Plugin):
    """Keeps the last answer as it came."""

    answer: etree._Element | None = None

    def ingress(self, envelope: Any, http_headers: Any, operation: Any) -> Any:
        self.answer = envelope
        return envelope, http_headers


class ZeepClient:
    """A zeep client of one service; every answer is held against the real schema."""

    def __init__(self, path: str, transport: Transport, url: str) -> None:
        self.contract = real_contracts()[path]
        self._recorder = Recorder()
        self._client = zeep.Client(
            real_document(path), transport=transport, plugins=[self._recorder]
        )
        (binding,) = self._client.wsdl.bindings
        self._service = self._client.create_service(binding, url + path)

    def header_of(self, **members: Any) -> Any:
        """A header with these members."""
        return self._client.get_element(self.contract.request_header)(**members)

    def __call__(self, *arguments: Any, **members: Any) -> Any:
        try:
            return getattr(self._service, self.contract.operation)(*arguments, **members)
        finally:
            if self._recorder.answer is not None:
                hold_against_real_schema(
                    answered_contract(self.contract.path), self._recorder.answer
                )


class ZeepCaller(ZeepClient):
    """A zeep client of one service of a running simulator, as a default actor."""

    def __init__(
        self,
        simulator: RunningSimulator,
        path: str,
        kind: str = "tiers",
        session: requests.Session | None = None,
    ) -> None:
        transport = Transport(session=session or simulator.session_of(kind), cache=None)
        super().__init__(path, transport, simulator.url)

    def header(self, prm: str, login: str) -> Any:
        """The header of a demand on a point, whole."""
        return self.header_of(**header_members(prm, login))


def dictionaries(answer: Any) -> Any:
    """Return an answer of zeep, `body` and `header`, as dictionaries."""
    parts = {"header": getattr(answer, "header", None), "body": getattr(answer, "body", answer)}
    return zeep.helpers.serialize_object(parts, dict)


def header_members(prm: str, login: str) -> dict[str, Any]:
    """What the header of a demand on a point holds."""
    return {
        "version": "1.0",
        "infoFonctionnelles": {"pointId": prm},
        "infoDemandeur": {"loginDemandeur": login},
    }


def refusal_of(fault: zeep.exceptions.Fault) -> tuple[str, str]:
    """The code and the label of a fault, read as clients read them."""
    result = fault.detail.find("*/resultat")
    return result.get("code"), result.text


def hold_against_real_schema(contract: Contract, envelope: etree._Element) -> None:
    """Assert that the body, the header and the fault detail of an answer are valid.

    Its return codes count as obtained.
    SGT4F10 is sent as documented although the schema wants six characters: the one exception.
    """
    body = envelope.find(f"{{{ENVELOPE}}}Body")
    assert body is not None
    (content,) = body
    header = envelope.find(f"{{{ENVELOPE}}}Header")
    detail = content.find("detail")
    checked = [*(detail if detail is not None else [content]), *(() if header is None else header)]
    for element in checked:
        result = element.find("resultat")
        code = None if result is None else result.get("code")
        if code:
            OBTAINED[contract.path].add(code)
        if code != "SGT4F10":
            assert contract.first_mistake(element) is None, contract.first_mistake(element)


class _SudsTransport(HttpTransport):  # type: ignore[misc]
    """suds over mutual TLS."""

    def __init__(self, simulator: RunningSimulator) -> None:
        super().__init__()
        import ssl

        context = ssl.create_default_context(cafile=simulator.ready["ca_file"])
        context.load_cert_chain(simulator.ready["client_cert"], simulator.ready["client_key"])
        self._open = build_opener(HTTPSHandler(context=context)).open

    def u2open(self, u2request: Any) -> Any:
        return self._open(u2request, timeout=30)


def suds_client(simulator: RunningSimulator, path: str) -> Any:
    """A suds client of one service, on the real WSDL."""
    contract = real_contracts()[path]
    return SudsClient(
        contract.source.as_uri(),
        location=simulator.url + path,
        transport=_SudsTransport(simulator),
        cache=None,
    )


_SITE = """
import os, socket, urllib.parse, warnings, certifi, rich
warnings.simplefilter("ignore")
certifi.where = lambda: os.environ["SIMULATOR_CA"]
_connect = socket.create_connection
def _to_the_simulator(address, *args, **kwargs):
    if address[0].endswith(".enedis.fr"):
        address = ("127.0.0.1", int(os.environ["SIMULATOR_PORT"]))
    return _connect(address, *args, **kwargs)
socket.create_connection = _to_the_simulator
rich.print_json = print
"""


@dataclass(frozen=True)
class Outcome:
    """What the command line gave: its JSON answer, or the refusal in it."""

    exit_code: int
    answer: Any

    @property
    def code(self) -> str | None:
        return self.answer.get("errcode") if isinstance(self.answer, dict) else None


def lowatt_enedis(simulator: RunningSimulator, *arguments: str) -> Outcome:
    """Run the `lowatt-enedis` command line, unmodified, against the simulator."""
    done = run_lowatt_enedis(simulator, *arguments, "--output", "json")
    return Outcome(done.returncode, json.loads(done.stdout))


def run_lowatt_enedis(
    simulator: RunningSimulator, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the `lowatt-enedis` command line, unmodified; it prints the answer as XML by itself.

    Its host names lead to the simulator's port and its trust store is the simulator's authority,
    as a hosts file and a CA bundle would have it; nothing else of it changes, but that its JSON is
    printed without a layout.
    """
    port = simulator.url.rpartition(":")[2]
    environ = {
        **os.environ,
        "TZ": "Europe/Paris",
        "SIMULATOR_CA": simulator.ready["ca_file"],
        "SIMULATOR_PORT": port,
        "ENEDIS_LOGIN": simulator.login,
        "ENEDIS_CONTRAT": simulator.ready["contrat_id"],
        "ENEDIS_CERT_FILE": simulator.ready["client_cert"],
        "ENEDIS_KEY_FILE": simulator.ready["client_key"],
        "ENEDIS_HOMOLOGATION": "1",
        "NO_COLOR": "1",
        "COLUMNS": "500",
    }
    done = run_module("lowatt_enedis", arguments, environ=environ, before=_SITE)
    assert done.stdout, done.stderr
    return done

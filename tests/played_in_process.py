"""Campaigns whose calls cross no socket."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import requests
import zeep
from in_process import InProcess, simulator_in_process
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from sge_sim.clock import PARIS, clock_starting_at
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.client.sge_client import Cible, SgeClient
from sge_sim.homologation.reports.rapport import Execution


@dataclass(frozen=True)
class Message:
    """An answer of HTTP."""

    statut: int
    type_contenu: str | None
    octets: bytes


class Answering(BaseAdapter):
    """Stands for the network of a client: what it sends is answered by a function."""

    def __init__(self, answer: Callable[[requests.PreparedRequest], Message]) -> None:
        super().__init__()
        self.answer = answer

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        message = self.answer(request)
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = message.statut, request, request.url
        told = {} if message.type_contenu is None else {"Content-Type": message.type_contenu}
        answer.headers = CaseInsensitiveDict(told)
        answer.raw = io.BytesIO(message.octets)
        return answer

    def close(self) -> None:
        """Nothing is held."""


def runner_of(
    release: Release, adapter: Answering, login: str, contrat_id: str, *, defects: bool = False
) -> Runner:
    """A runner whose client is answered by `adapter`, at the day of the release."""
    client = _client(login, contrat_id)
    client._clients |= {
        path: zeep.Client(each, transport=client._transport) for path, each in _documents().items()
    }
    client._transport.session.cert = None
    client._transport.session.mount("https://", adapter)
    runner = Runner(release, client, clock_starting_at(start_of(release)))
    runner._defects = runner._juge.defauts = defects
    return runner


def _client(login: str, contrat_id: str) -> SgeClient:
    nowhere = Path("nulle-part")
    return SgeClient(Cible("https://enregistre.example", nowhere, nowhere, login, contrat_id))


@cache
def _documents() -> dict[str, Any]:
    """The contracts as zeep reads them, which takes it long, for all clients."""
    client = _client("", "")
    for contract in client.contracts.values():
        client.service_client(contract.service, contract.version)
    return {path: each.wsdl for path, each in client._clients.items()}


def start_of(release: Release) -> datetime:
    return datetime.combine(release.reference, time(10), PARIS)


def answered_by(running: InProcess) -> Answering:
    """Return an adapter that hands each message to a simulator of this process."""

    def answer(request: requests.PreparedRequest) -> Message:
        assert isinstance(request.body, bytes)
        headers = {name.lower(): value for name, value in request.headers.items()}
        found = running.post(request.path_url, request.body, **headers)
        return Message(
            found.status, CaseInsensitiveDict(found.headers).get("Content-Type"), found.content
        )

    return Answering(answer)


def play(
    release: Release, cases: Sequence[Cas], folder: Path, **settings: Any
) -> tuple[Execution, ...]:
    """Run cases on a simulator of this process, at the day of the release."""
    with simulator_in_process(folder, now=start_of(release), **settings) as running:
        defects = running.simulator.settings.plays_real_homologation
        runner = runner_of(
            release, answered_by(running), running.login, running.contrat_id, defects=defects
        )
        return runner.run(cases)

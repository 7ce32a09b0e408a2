"""A campaign that was recorded on a simulator, played again with an answer that is changed.

What stands between the runner and the simulator is the adapter of the client's session: everything
from the status line up is the runner's own, and nothing but the answer in question differs.
"""

import copy
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict
from running_simulator import start_simulator

from sge_sim.clock import PARIS, clock_starting_at
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import Cible, SgeClient
from sge_sim.homologation.reports.rapport import Execution


@dataclass(frozen=True)
class Message:
    """An answer of HTTP."""

    statut: int
    type_contenu: str | None
    octets: bytes


Falsification = Callable[[Message], Message]


@dataclass(frozen=True)
class Campagne:
    """The answers of a release, by run: those of its preparation, then its own."""

    release: str
    login: str
    contrat_id: str
    reponses: Mapping[str, tuple[Message, ...]]


class _Recording(HTTPAdapter):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Message] = []

    def send(self, request: Any, **options: Any) -> requests.Response:
        answer = super().send(request, **options)
        told = answer.headers.get("Content-Type")
        self.seen.append(Message(answer.status_code, told, answer.content))
        return answer


class _Replaying(BaseAdapter):
    def __init__(self) -> None:
        super().__init__()
        self.queue: list[Message] = []

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        message = self.queue.pop(0)
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = message.statut, request, request.url
        told = {} if message.type_contenu is None else {"Content-Type": message.type_contenu}
        answer.headers = CaseInsensitiveDict(told)
        answer.raw = io.BytesIO(message.octets)
        return answer

    def close(self) -> None:
        """Nothing is held."""


def enregistre(release_name: str, folder: Path) -> Campagne:
    """Run a release on a simulator of its own and keep every answer."""
    release = load_release(release_name)
    start = datetime.combine(release.reference, time(10), PARIS)
    with start_simulator(folder, "--now", start.isoformat()) as simulator:
        cible = cible_of(simulator.ready)
        client, adapter = SgeClient(cible), _Recording()
        client._transport.session.mount("https://", adapter)
        runner, kept = Runner(release, client, clock_starting_at(start)), {}
        for case in release.cas:
            adapter.seen.clear()
            if not case.non_testable:
                assert runner.run_case(case).statut.bon, case.cle
                kept[case.cle] = tuple(adapter.seen)
    return Campagne(release_name, cible.login, cible.contrat_id, kept)


@dataclass
class Rejeu:
    """A case of a campaign that is about to be called: its preparation has been made.

    It stays so, wherever the campaign has come to since.
    """

    cas: Cas
    message: Message
    _runner: Runner
    _adapter: _Replaying

    def __post_init__(self) -> None:
        self._runner = _forked(self._runner)

    @property
    def cas_de_la_release(self) -> tuple[Cas, ...]:
        """Every run of the release."""
        return self._runner.release.cas

    def execute(self, message: Message) -> Execution:
        """Return how the case ends where `message` is answered; another one may follow."""
        self._adapter.queue = [message]
        return _forked(self._runner).run_case(replace(self.cas, preparation=()))


def _forked(runner: Runner) -> Runner:
    """Return a runner that goes on from where `runner` is, and leaves it there."""
    fork = copy.copy(runner)
    fork._juge = copy.deepcopy(runner._juge)
    fork._unanswered = set(runner._unanswered)
    return fork


def rejoue(campagne: Campagne) -> Iterator[Rejeu]:
    """Yield the runs of a campaign in their order, each before its call.

    The campaign goes on with the answers that were recorded, whatever was tried.
    """
    release = load_release(campagne.release)
    start = datetime.combine(release.reference, time(10), PARIS)
    nowhere = Path("nulle-part")
    cible = Cible(
        "https://enregistre.example", nowhere, nowhere, campagne.login, campagne.contrat_id
    )
    client, adapter = SgeClient(cible), _Replaying()
    client._transport.session.cert = None
    client._transport.session.mount("https://", adapter)
    runner = Runner(release, client, clock_starting_at(start))
    runner._defects = False
    runner._juge.defauts = False
    for case in release.cas:
        if case.cle not in campagne.reponses:
            continue
        *before, own = campagne.reponses[case.cle]
        adapter.queue = list(before)
        runner.prepared(case)
        yield Rejeu(case, own, runner, adapter)
        adapter.queue = [own]
        runner.run_case(replace(case, preparation=()))

"""A campaign that was recorded on a simulator, played again with an answer that is changed.

What stands between the runner and the simulator is the adapter of the client's session: everything
from the status line up is the runner's own, and nothing but the answer in question differs.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from in_process import simulator_in_process
from played_in_process import Answering, Message, answered_by, runner_of, start_of

from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.reports.rapport import Execution

Falsification = Callable[[Message], Message]


@dataclass(frozen=True)
class Campagne:
    """The answers of a release, by run: those of its preparation, then its own."""

    release: str
    login: str
    contrat_id: str
    reponses: Mapping[str, tuple[Message, ...]]


class _Replaying(Answering):
    def __init__(self) -> None:
        super().__init__(lambda _: self.queue.pop(0))
        self.queue: list[Message] = []


def enregistre(release_name: str, folder: Path) -> Campagne:
    """Run a release on a simulator of its own and keep every answer."""
    release, kept = load_release(release_name), {}
    with simulator_in_process(folder, now=start_of(release)) as running:
        adapter, seen = answered_by(running), []
        answer = adapter.answer

        def recorded(request: Any) -> Message:
            seen.append(answer(request))
            return seen[-1]

        adapter.answer = recorded
        runner = runner_of(release, adapter, running.login, running.contrat_id)
        for case in release.cas:
            seen.clear()
            if not case.non_testable:
                assert runner.run_case(case).statut.bon, case.cle
                kept[case.cle] = tuple(seen)
        return Campagne(release_name, running.login, running.contrat_id, kept)


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
    release, adapter = load_release(campagne.release), _Replaying()
    runner = runner_of(release, adapter, campagne.login, campagne.contrat_id)
    for case in release.cas:
        if case.cle not in campagne.reponses:
            continue
        *before, own = campagne.reponses[case.cle]
        adapter.queue = list(before)
        runner.prepared(case)
        yield Rejeu(case, own, runner, adapter)
        adapter.queue = [own]
        runner.run_case(replace(case, preparation=()))

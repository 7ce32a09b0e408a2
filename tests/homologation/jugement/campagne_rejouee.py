"""A campaign that was recorded on a simulator, played again with an answer that is changed.

What stands between the runner and the simulator is the adapter of the client's session: everything
from the status line up is the runner's own, and nothing but the answer in question differs.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from in_process import InProcess, simulator_in_process
from played_in_process import Answering, Message, answered_by, runner_of, start_of

from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.reports.rapport import Execution
from sge_sim.operations.points import read_mesures
from sge_sim.referentiel.points import describe_point

Falsification = Callable[[Message], Message]


@dataclass(frozen=True)
class Campagne:
    """The answers of a release, by run: those of its preparation, then its own.

    `dires` is what the administration told meanwhile, by run and question.
    """

    release: str
    login: str
    contrat_id: str
    reponses: Mapping[str, tuple[Message, ...]]
    dires: Mapping[tuple[str, ...], Any]


@dataclass
class _Administree:
    """The administration of the simulator, noted as it is asked for a run."""

    running: InProcess
    cle: str = ""
    dires: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def point(self, prm: str) -> Any:
        def read() -> Any:
            with self.running.simulator.database.sessions() as session:
                return describe_point(session, prm)

        return self._noted(read, prm)

    def mesures(self, prm: str, sorte: str, sens: str, debut: date, fin: date) -> Any:
        simulator = self.running.simulator
        state = SimpleNamespace(
            simulator=simulator, database=simulator.database, now=simulator.clock.now
        )

        def read() -> Any:
            asked = {"prm": prm, "type": sorte, "debut": debut, "fin": fin, "sens": sens}
            return read_mesures(cast(Any, state), **cast(Any, asked))["colonnes"]  # type: ignore[index]

        return self._noted(read, prm, sorte, sens, str(debut), str(fin))

    def _noted(self, read: Callable[[], Any], *asked: str) -> Any:
        try:
            found = json.loads(json.dumps(read(), default=str))
        except UsageError:
            found = None
        self.dires[self.cle, *asked] = found
        return found


@dataclass(frozen=True)
class Dires:
    """What the administration told for a run; nothing else was asked of it."""

    cle: str
    dires: Mapping[tuple[str, ...], Any]

    def point(self, prm: str) -> Any:
        return self.dires.get((self.cle, prm))

    def mesures(self, prm: str, sorte: str, sens: str, debut: date, fin: date) -> Any:
        return self.dires.get((self.cle, prm, sorte, sens, str(debut), str(fin)))


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
        told = runner._juge.administre = _Administree(running)
        for case in release.cas:
            seen.clear()
            told.cle = case.cle
            if not case.non_testable:
                assert runner.run_case(case).statut.bon, case.cle
                kept[case.cle] = tuple(seen)
        return Campagne(release_name, running.login, running.contrat_id, kept, told.dires)


@dataclass
class Rejeu:
    """A case of a campaign that is about to be called: its preparation has been made.

    It stays so, wherever the campaign has come to since.
    """

    cas: Cas
    message: Message
    campagne: Campagne
    _runner: Runner
    _adapter: _Replaying
    _said_in_any_case: dict[bool, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._runner = _forked(self._runner)

    @property
    def cas_de_la_release(self) -> tuple[Cas, ...]:
        """Every run of the release."""
        return self._runner.release.cas

    def execute(self, message: Message, *, administre: bool = False) -> Execution:
        """Return how the case ends where `message` is answered; another one may follow."""
        return self._run(_forked(self._runner), self.cas, [message], administre=administre)

    def told_later(self, message: Message, *, administre: bool = False) -> bool:
        """Whether `message` makes the judge say something of a later answer on the same point."""
        if administre not in self._said_in_any_case:
            self._said_in_any_case[administre] = self._said_later(self.message, administre)
        return bool(self._said_later(message, administre) - self._said_in_any_case[administre])

    def _said_later(self, message: Message, administre: bool) -> set[str]:
        runner, cases = _forked(self._runner), list(self.cas_de_la_release)
        self._run(runner, self.cas, [message], administre=administre)
        return {
            f"{case.cle} {constat}"
            for case in cases[cases.index(self.cas) + 1 :]
            if case.prm == self.cas.prm and case.cle in self.campagne.reponses
            for constat in self._run(
                runner,
                case,
                list(self.campagne.reponses[case.cle]),
                administre=administre,
                whole=True,
            ).constats
            if constat.avertit or not constat.reussi
        }

    def _run(
        self,
        runner: Runner,
        case: Cas,
        answers: list[Message],
        *,
        administre: bool = False,
        whole: bool = False,
    ) -> Execution:
        self._adapter.queue = answers
        runner._juge.administre = Dires(case.cle, self.campagne.dires) if administre else None
        return runner.run_case(case if whole else replace(case, preparation=()))


def _forked(runner: Runner) -> Runner:
    """Return a runner that goes on from where `runner` is, and leaves it there."""
    fork = copy.copy(runner)
    fork._juge = copy.copy(runner._juge)
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
        yield Rejeu(case, own, campagne, runner, adapter)
        adapter.queue = [own]
        runner.run_case(replace(case, preparation=()))

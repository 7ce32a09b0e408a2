"""Running a campaign: each case of a release in turn, against a simulator or any other server.

The runner is a client like any other: it knows of the target what a market actor knows. Only with
a simulator's administration at hand does it also set what a case needs, and read in the journal
which rule decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sge_sim.api.administration import Administration, ServedClock
from sge_sim.api.views import ExchangeView
from sge_sim.clock import PARIS, Clock, legal_date
from sge_sim.domaine.echanges import malformation
from sge_sim.domaine.pannes import panne_in
from sge_sim.domaine.plateformes import Generation, Offering
from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise, repeated
from sge_sim.homologation.campaign.outcome import EchangeDeCas, execution_of, not_run
from sge_sim.homologation.catalogue.answer_paths import AnswerTree
from sge_sim.homologation.catalogue.cases import Cas, Etape, TropRecent
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.client.messages import AppelFait, RefusRecu
from sge_sim.homologation.client.sender import CaseSender
from sge_sim.homologation.jugement.juge import Examen, Juge
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.rapport import Execution


def select_cases(
    release: Release, packages: Sequence[str] = (), names: Sequence[str] = ()
) -> tuple[Cas, ...]:
    """Return the runs of the case ids or keys `names` alone, else those of `packages`, else all.

    In the release's order. Runs that a chosen one builds on come along. Raises `UsageError` for a
    name that the release doesn't have.
    """
    if names:
        chosen = {case.cle for name in names for case in release.find(name)}
    elif packages:
        chosen = {case.cle for case in release.cas if case.package in packages}
    else:
        return release.cas
    for case in reversed(release.cas):
        if case.cle in chosen:
            chosen |= set(case.apres)
    return tuple(case for case in release.cas if case.cle in chosen)


@dataclass
class Runner:
    """Runs cases of `release` with `client`; `clock` reads the target's time.

    `generation` is what the target serves; without it, a simulator tells that at hand.

    `before_call` is called before each case: whoever drives the real platform checks there that
    it is open, and raises `UsageError` to end the campaign, which keeps what was done.
    """

    release: Release
    client: CaseSender
    clock: Clock
    expected_failures: frozenset[str] = frozenset()
    before_call: Callable[[], None] = lambda: None
    generation: Generation | None = None
    _context: ContexteDeCas = field(init=False)
    _admin: Administration | None = field(init=False, default=None)
    _last_exchange: int = field(init=False, default=0)
    _defects: bool = field(init=False, default=True)
    _unanswered: set[str] = field(init=False, default_factory=set)
    _juge: Juge = field(init=False)
    _prepared: Examen = field(init=False, default=Examen())

    def __post_init__(self) -> None:
        today = self.clock.now().date()
        self._context = ContexteDeCas(today, self.client.reperes, self.release.decalage(today))
        if self.client.admin_url is not None:
            self._admin = Administration(self.client.admin_url)
            self._last_exchange = self._admin.last_exchange_id()
            self._defects = self._admin.plays_defects()
            self.generation = self.generation or self._admin.generation()
        self._juge = Juge(self.release.nom, self._defects, self._admin)

    def run(
        self, cases: Sequence[Cas], report: Callable[[Execution], None] = lambda _: None
    ) -> tuple[Execution, ...]:
        """Run the cases in order; `report` is called with each outcome."""
        executions: list[Execution] = []
        stopped = ""
        for case in cases:
            try:
                if not stopped:
                    self.before_call()
            except UsageError as error:
                stopped = str(error)
            execution = self._not_run(case, stopped) if stopped else self.run_case(case)
            executions.append(execution)
            report(execution)
        return tuple(executions)

    def run_case(self, case: Cas) -> Execution:
        """Run one case: prepare it, call, compare the answer with the expected one.

        If the same demand was sent too recently, a simulator's clock is moved on and it is sent
        again.
        """
        if case.non_testable:
            return self._not_run(case, f"Non testable : {case.non_testable}")
        if case.existences:
            offering = Offering(self.generation or "toutes", legal_date(self.clock.now()))
            if gone := offering.why_not(case.existences):
                return self._not_run(case, f"{gone}.", statut=Statut.NON_SERVI)
        moved, wait = "", case.trop_recent
        try:
            instant, call = self._called(case)
            if wait is not None and wait.matches(call.reponse):
                moved = self._let_time_pass(wait)
            if moved:
                instant, call = self._called(case)
        except UsageError as error:
            failed = [key for key in case.apres if key in self._unanswered]
            self._unanswered.add(case.cle)
            why = f"Reprend une valeur de {', '.join(failed)}, qui n'en a pas rendu."
            _, panne = self._journaled(case)
            return self._not_run(case, why if failed else str(error), panne)
        examen = self._prepared + self._juge.examine(call, instant.date(), case)
        answer = call.reponse
        if answer is not None and not isinstance(answer, RefusRecu):
            self._context = self._context.with_result(case, answer)
        else:
            self._unanswered.add(case.cle)
        seen, panne = self._journaled(case)
        return execution_of(
            case,
            EchangeDeCas(
                call,
                instant,
                regle=None if seen is None else seen.rule,
                panne=panne,
                logiciel=self.client.logiciel,
                origine="passage",
                echange_id=None if seen is None else seen.id,
                examen=examen,
                malformation="" if seen is None else malformation(seen.code, seen.detail),
            ),
            defauts=self._defects,
            remarque=moved,
            prevu_en_echec=self._is_expected(case),
        )

    def _called(self, case: Cas) -> tuple[datetime, AppelFait]:
        """Set a case up and call its service; return when, and the call."""
        demande = self.prepared(case)
        instant = self.clock.now().astimezone(PARIS)
        return instant, self.client.call(case.service, case.version, demande)

    def prepared(self, case: Cas) -> dict[str, Any]:
        """Set a case up, and return the content of its request.

        Raises `UsageError` where a step isn't accepted, or a value isn't there.
        """
        self._prepared = Examen()
        for step in case.preparation:
            self._prepare(step)
        return materialise(case, self._context)

    def _let_time_pass(self, wait: TropRecent) -> str:
        """Move a simulator's clock on until a demand may come again; return what to say of it.

        Nothing on any other target, whose time nobody moves: `execution_of` says how long to wait.
        """
        if self._admin is None:
            return ""
        clock = ServedClock(self._admin)
        clock.advance(timedelta(minutes=wait.minutes))
        self.clock = clock
        today = clock.now().date()
        self._context = replace(
            self._context, aujourdhui=today, decalage=self.release.decalage(today)
        )
        return f"L'horloge du simulateur a été avancée de {wait.minutes} minutes : {wait}."

    def _prepare(self, step: Etape) -> None:
        for context in repeated(step, self._context):
            call = self.client.call(step.service, step.version, materialise(step, context))
            answer = _accepted(step, call)
            today = self.clock.now().astimezone(PARIS).date()
            self._prepared += self._juge.examine(call, today).of_step(step.nom)
            self._context = self._context.with_preparation(step, answer)

    def _journaled(self, case: Cas) -> tuple[ExchangeView | None, str]:
        """Return the last call of the case's service in the journal, None without one, and the line
        on the panne that struck it or its preparation.
        """
        if self._admin is None:
            return None, ""
        exchanges = self._admin.exchanges_after(self._last_exchange)
        self._last_exchange = max([self._last_exchange, *(each.id for each in exchanges)])
        own = [each for each in exchanges if each.origine == "passage"]
        called = [each for each in own if each.service == case.service]
        struck = (panne_in(each.detail)[1] for each in own)
        return called[-1] if called else None, next(filter(None, struck), "")

    def _not_run(
        self, case: Cas, why: str, panne: str = "", statut: Statut = Statut.A_PASSER
    ) -> Execution:
        expected = self._is_expected(case)
        return not_run(case, why, panne=panne, statut=statut, prevu_en_echec=expected)

    def _is_expected(self, case: Cas) -> bool:
        return bool({case.cle, case.id} & self.expected_failures)


def _accepted(step: Etape, call: AppelFait) -> AnswerTree:
    """Return the answer of a step of preparation; raises `UsageError` if it isn't accepted."""
    answer = call.reponse
    if answer is None:
        raise UsageError(f"La préparation « {step.nom} » n'a pas abouti. {call.erreur}")
    if not isinstance(answer, RefusRecu):
        return answer
    if answer.code in step.acceptes:
        return {}
    raise UsageError(f"La préparation « {step.nom} » a été refusée : {answer}.")

"""What a report can't say: a file that was changed by hand, or badly joined, makes no sentence."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from sge_sim.homologation.reports.etats import CAMPAGNES, Decision, Statut

if TYPE_CHECKING:
    from sge_sim.homologation.reports.rapport import Execution, Rapport, VerdictPackage

_UNCALLED: Final = (
    Statut.A_PASSER,
    Statut.PAS_COMMENCE,
    Statut.NON_SERVI,
    Statut.NON_TESTABLE,
)
_CALLED: Final = (Statut.REUSSI, Statut.ADMIS, Statut.ECHOUE, Statut.ECART)


def contradictions(rapport: "Rapport") -> Iterator[str]:
    """Yield what contradicts itself in a report, in French; nothing for one that sge-sim wrote."""
    instants = [rapport.debut, rapport.fin, *(each.instant for each in rapport.executions)]
    if any(each is not None and each.tzinfo is None for each in instants):
        yield "une date n'a pas de fuseau horaire"
    elif rapport.fin < rapport.debut:
        yield "la campagne finit avant d'avoir commencé"
    if rapport.origine not in CAMPAGNES:
        yield f"l'origine « {rapport.origine} » n'existe pas"
    names = [each.cle for each in rapport.executions]
    names += [f"package {each.package}" for each in rapport.verdicts]
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{name} y est {times} fois"
    for each in rapport.executions:
        yield from (f"{each.cle} {why}" for why in _of_run(each))
    for verdict in rapport.verdicts:
        own = [each for each in rapport.executions if each.package == verdict.package]
        if rapport.partielle and verdict.decision in (Decision.HOMOLOGUE, Decision.NON_HOMOLOGUE):
            yield f"une campagne partielle juge le package {verdict.package}"
        yield from _of_verdict(verdict, own)


def _of_run(run: "Execution") -> Iterator[str]:
    failed = any(not each.reussi for each in run.constats)
    if run.statut in _CALLED and run.instant is None:
        yield f"est « {run.statut} » sans avoir été appelé"
    if run.statut in _UNCALLED and run.instant is not None:
        yield f"est « {run.statut} » et a été appelé"
    if run.statut.bon and failed:
        yield f"est « {run.statut} » avec une attente manquée"
    if any((each.avertit or each.excuse) and not each.reussi for each in run.constats):
        yield "excuse une vérification qui compte"
    if any(each.excuse and not each.avertit for each in run.constats):
        yield "excuse une vérification qui n'a pas échoué"
    if run.controles < sum(each.du_juge for each in run.constats):
        yield "a moins de vérifications faites que d'échecs"


def _of_verdict(verdict: "VerdictPackage", own: Sequence["Execution"]) -> Iterator[str]:
    filled = {each.au_choix for each in own if each.au_choix and each.statut.bon}
    wanted = [
        each
        for each in own
        if not each.facultatif
        and not each.non_testable
        and each.statut is not Statut.NON_SERVI
        and each.au_choix not in filled
    ]
    bad = [each for each in wanted if not each.statut.bon]
    if verdict.decision is Decision.HOMOLOGUE and (bad or not own):
        yield f"le package {verdict.package} est homologué sans que ses cas soient bons"
    failed = any(each.statut not in _UNCALLED for each in bad)
    if verdict.decision is Decision.NON_HOMOLOGUE and own and not failed:
        yield f"le package {verdict.package} n'est pas homologué, et aucun de ses cas n'a échoué"

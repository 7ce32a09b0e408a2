"""The runs of a report: counts by status, and causes of failures."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sge_sim.domaine.francais import counted, one_of
from sge_sim.homologation.reports.etats import Couleur, FiltreDeCas, Statut, mots_des_rapports
from sge_sim.homologation.reports.rapport import Constat, Execution, Rapport, by_package


@dataclass(frozen=True)
class Decompte:
    """How the runs of a package ended: `dit` in French, `bandes` as the bands of a bar, each its
    colour, where it begins and how many runs it counts."""

    package: str
    bons: int
    total: int
    bandes: tuple[tuple[Couleur, int, int], ...]
    dit: str


def decomptes(executions: Sequence[Execution]) -> tuple[Decompte, ...]:
    """Return the counts of each package, in the order of the runs."""
    found = []
    for package, own in by_package(executions).items():
        counts, bands = Counter(each.statut for each in own), list[tuple[Couleur, int, int]]()
        for statut in filter(counts.get, Statut):
            start = sum(count for _, _, count in bands)
            bands.append((statut.couleur, start, counts[statut]))
        good = sum(each.statut.bon for each in own)
        found.append(Decompte(package, good, len(own), tuple(bands), counts_in_words(own)))
    return tuple(found)


def filtres(executions: Sequence[Execution]) -> tuple[tuple[FiltreDeCas, int], ...]:
    """Return the filters of a list of runs, and how many each shows."""
    counts = Counter(each.filtre for each in executions)
    return tuple((each, counts[each]) for each in FiltreDeCas)


def counts_in_words(executions: Sequence[Execution]) -> str:
    """Return how many runs ended how, in French: « 2 réussis, 1 échoué »."""
    counts = Counter(each.statut for each in executions)
    parts = (counted_as(each, counts[each]) for each in Statut if counts[each])
    return ", ".join(parts) or "aucun cas"


def counted_as(statut: Statut, count: int) -> str:
    """Return how many runs ended so, in French.

    >>> counted_as(Statut.ECART, 2), counted_as(Statut.A_PASSER, 2), counted_as(Statut.ADMIS, 1)
    ('2 écarts connus', '2 à passer', '1 admis')
    """
    words = [
        word if count < 2 or word in _INVARIABLE or word.endswith("s") else f"{word}s"
        for word in statut.value.split()
    ]
    return f"{count} {' '.join(words)}"


def said(statut: Statut, excused: int) -> str:
    """Return how a run ended, in French, with how many of its checks are excused, if any is.

    >>> said(Statut.REUSSI, 2), said(Statut.REUSSI, 0)
    ('réussi, 2 vérifications excusées', 'réussi')
    """
    if not excused:
        return statut.value
    return f"{statut.value}, {counted(excused, 'vérification excusée', 'vérifications excusées')}"


def said_of(execution: Execution) -> str:
    """Return how a run ended, as `said`."""
    return said(execution.statut, len(execution.excuses))


_INVARIABLE: Final = ("non", "à", "passer")
_GRAVITY: Final = (Statut.ECHOUE, Statut.PERTURBE, Statut.A_PASSER, Statut.ECART)
_ALTERNATIVES: Final = 3
_CALL: Final = re.compile(r", appel \d+(?=\.)")


@dataclass(frozen=True)
class CauseDeCas:
    """A reason why the runs `cles` aren't good, and what to do, a sentence each."""

    statut: Statut
    phrase: str
    que_faire: str
    cles: tuple[str, ...]


def causes_of(executions: Iterable[Execution]) -> tuple[CauseDeCas, ...]:
    """Return the causes to put right, each with its runs, the gravest first."""
    found: dict[tuple[Statut, str, str], list[Execution]] = {}
    for each in executions:
        if each.a_corriger:
            found.setdefault((each.statut, _reason(each), what_to_do(each)), []).append(each)
    causes = [
        CauseDeCas(statut, _shared_phrase(runs), act, tuple(each.cle for each in runs))
        for (statut, _, act), runs in found.items()
    ]
    return tuple(sorted(causes, key=lambda cause: _rank(cause.statut)))


def _reason(execution: Execution) -> str:
    """Return what runs that fail for one reason share, whatever values each met: the check that
    failed, the code that was answered, else its sentence."""
    wrong = _explaining(execution)
    if wrong is not None and wrong.du_juge:
        return wrong.attendu
    if wrong is not None and wrong is execution.constats[0] and execution.code:
        return execution.code
    return phrase_of(execution)


def _shared_phrase(runs: Sequence[Execution]) -> str:
    """Return the sentence on runs that fail for one reason, with the values that they met."""
    wrong = [each for each in map(_explaining, runs) if each is not None]
    return _met(wrong) if len(wrong) == len(runs) else phrase_of(runs[0])


def _met(wrong: Sequence[Constat]) -> str:
    """Return what failed checks wanted and found, the first values of each."""
    found = [(each.trouve or "autre chose").rstrip(".") for each in wrong]
    if len(set(found)) > 1:  # some expectations say « refus » before the code, some don't
        found = [each.removeprefix("refus ") for each in found]
    parts = []
    for texts in ([each.attendu for each in wrong], found):
        each_once = [*dict.fromkeys(texts)]
        more = len(each_once) - _ALTERNATIVES
        others = f" (et {counted(more, 'autre')})" if more > 0 else ""
        parts.append(f"{one_of(each_once[:_ALTERNATIVES])}{others}")
    return "Attendu : {} ; reçu : {}.".format(*parts)


def worst_first(executions: Sequence[Execution]) -> tuple[Execution, ...]:
    """Return the runs, those that are to be put right first, the gravest before."""
    return tuple(sorted(executions, key=lambda each: (not each.a_corriger, _rank(each.statut))))


def _rank(statut: Statut) -> int:
    return _GRAVITY.index(statut) if statut in _GRAVITY else len(_GRAVITY)


def phrase_of(execution: Execution) -> str:
    """Return why a run isn't good in one French sentence; nothing for a good one."""
    if execution.perime:
        return "Annoncé en échec, mais réussi."
    if execution.statut.bon:
        return ""
    if execution.instant is None and execution.statut is not Statut.PERTURBE:
        return execution.remarque or "Le cas n'a pas été exécuté."
    if execution.statut is Statut.PERTURBE:
        # The rank of the call is left out: what one plan struck has one cause.
        return _CALL.sub("", execution.remarque) or "Une panne prévue a touché le cas."
    if wrong := _explaining(execution):
        return _met([wrong])
    other = _first_wrong(execution)
    said_alone = execution.remarque or "La réponse n'est pas celle que le catalogue attend."
    return said_alone if other is None else other.trouve


def _explaining(execution: Execution) -> Constat | None:
    """Return the check whose terms make the sentence on a run, None where others do."""
    if execution.statut.bon or execution.instant is None or execution.statut is Statut.PERTURBE:
        return None
    wrong = _first_wrong(execution)
    said_alone = wrong is not None and execution.statut_http is None and wrong.trouve
    return None if said_alone else wrong


def _first_wrong(execution: Execution) -> Constat | None:
    """Return the check that explains a failure best: its outcome, else one of the judge's, else an
    expectation of the case."""
    wrong = [each for each in execution.constats if not each.reussi]
    if not wrong or wrong[0] is execution.constats[0]:
        return next(iter(wrong), None)
    return next((each for each in wrong if each.du_juge), wrong[0])


def wrong_lines(execution: Execution) -> list[str]:
    """Return the failed checks of a run, and its remark, a line each, in French."""
    lines = [str(each) for each in execution.constats if not each.reussi]
    return [*lines, execution.remarque] if execution.remarque else lines


def what_to_do(execution: Execution) -> str:
    """Return what to do about a run that isn't good, in French; nothing for a good one."""
    if execution.perime:
        return "Le retirer de la liste des échecs annoncés."
    if execution.statut.bon:
        return ""
    if act := mots_des_rapports()["que_faire"].get(execution.statut):
        return str(act)
    wrong = _first_wrong(execution)
    if wrong is not None and wrong.du_juge:
        return f"La demande n'est pas en cause : signaler la réponse ({wrong.source})."
    if execution.regle is not None:
        return (
            f"{execution.remarque} La règle {execution.regle.name} a refusé "
            f"({execution.regle.source}), aurait été accepté : {execution.regle.remede}."
        ).strip()
    if execution.remarque:
        return execution.remarque
    if execution.statut_http is None:
        return "Vérifier que la cible est ouverte et joignable (sge-sim doctor), puis le repasser."
    return "Comparer la demande et la réponse, corriger, puis le repasser."


def what_is_left(executions: Iterable[Execution]) -> str:
    """Return how many runs are to be put right, and how many to be run, in French.

    Empty where nothing is left to do: what nobody has called yet isn't wrong.
    """
    left = [each.statut is Statut.A_PASSER for each in executions if each.a_corriger]
    parts = (("à corriger", left.count(False)), ("à passer", left.count(True)))
    return ", ".join(f"{word} ({count})" for word, count in parts if count).capitalize()


def rerun_title(rapport: Rapport) -> str:
    """Return what the command of a report does, in French."""
    return str(mots_des_rapports()["campagnes"][rapport.origine]["repasser"])


def cause_of(execution: Execution) -> str:
    """Return why a run isn't good and what to do, in French; nothing for a good one."""
    phrase, act = phrase_of(execution), what_to_do(execution)
    return phrase if act in phrase else f"{phrase} {act}".strip()


def remarks_of(execution: Execution) -> str:
    """Return the remarks of the tracking workbook, the cause of a failure among them."""
    remarks, cause = execution.suivi.get("Remarques", ""), cause_of(execution)
    return f"{remarks} {cause}".strip() if cause and cause not in remarks else remarks

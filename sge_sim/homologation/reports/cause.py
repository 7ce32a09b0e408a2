"""Why a run isn't good, in a sentence that a manager reads: the same in every form of a report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sge_sim.homologation.reports.rapport import Execution, Statut

_GRAVITY: Final = (Statut.ECHOUE, Statut.PERTURBE, Statut.NON_EXECUTE, Statut.ECART)


@dataclass(frozen=True)
class CauseDeCas:
    """One reason for which the runs `cles` aren't good, and what to do, a sentence each."""

    statut: Statut
    phrase: str
    que_faire: str
    cles: tuple[str, ...]


def causes_of(executions: Iterable[Execution]) -> tuple[CauseDeCas, ...]:
    """Return what is to be put right, the runs that have the same reason together, the gravest
    first."""
    found: dict[tuple[Statut, str, str], list[str]] = {}
    for each in executions:
        if each.a_corriger:
            found.setdefault((each.statut, phrase_of(each), what_to_do(each)), []).append(each.cle)
    causes = [CauseDeCas(*what, tuple(keys)) for what, keys in found.items()]
    return tuple(sorted(causes, key=lambda cause: _rank(cause.statut)))


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
    if execution.statut is Statut.NON_EXECUTE:
        return execution.remarque or "Le cas n'a pas été exécuté."
    if execution.statut is Statut.PERTURBE:
        return execution.remarque or "Une panne prévue a touché le cas."
    wrong = [each for each in execution.constats if not each.reussi]
    if not wrong:
        return execution.remarque or "La réponse n'est pas celle que le catalogue attend."
    phrase = f"Attendu : {wrong[0].attendu} ; reçu : {wrong[0].trouve or 'autre chose'}"
    return f"{phrase.rstrip('.')}."


def what_to_do(execution: Execution) -> str:
    """Return what to do about a run that isn't good, in French; nothing for a good one."""
    if execution.perime:
        return "Le retirer de la liste des échecs annoncés."
    if execution.statut.bon:
        return ""
    if execution.statut is Statut.PERTURBE:
        return "Le cas n'est pas jugé : le repasser sans la panne."
    if execution.statut is Statut.NON_EXECUTE:
        return "Lever ce qui l'a empêché, puis le passer."
    if execution.statut is Statut.ECART:
        return "La plateforme d'Enedis est connue pour cet écart : le signaler à Enedis."
    if execution.regle is not None:
        return (
            f"La règle {execution.regle.name} a refusé ({execution.regle.source}), "
            f"aurait été accepté : {execution.regle.remede}."
        )
    return execution.remarque or "Comparer la demande et la réponse, corriger, puis le repasser."


def cause_of(execution: Execution) -> str:
    """Return why a run isn't good and what to do, in French; nothing for a good one."""
    phrase, act = phrase_of(execution), what_to_do(execution)
    return phrase if act in phrase else f"{phrase} {act}".strip()


def remarks_of(execution: Execution) -> str:
    """Return the remarks of the tracking sheet, the cause of a failure among them."""
    remarks, cause = execution.suivi.get("Remarques", ""), cause_of(execution)
    return f"{remarks} {cause}".strip() if cause and cause not in remarks else remarks

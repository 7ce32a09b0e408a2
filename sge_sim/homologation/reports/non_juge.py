"""What a report doesn't judge, and why: each reason once, with its cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sge_sim.domaine.francais import counted
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.homologation.reports.executions import phrase_of, said_of
from sge_sim.homologation.reports.rapport import Execution, NonVerifie, Rapport

TITRE: Final = "Ce qui n'a pas été jugé, et pourquoi"
_WITHOUT_A_RUN: Final = (
    *(Statut.NON_SERVI, Statut.NON_TESTABLE, Statut.A_PASSER, Statut.PAS_COMMENCE),
    Statut.PERTURBE,
)
_WITHOUT_A_VERDICT: Final = (Decision.NON_JUGE, Decision.SANS_OBJET, Decision.SANS_CAS_SERVI)


@dataclass(frozen=True)
class NonJuge(NonVerifie):
    """What wasn't judged, why (in French), and the keys of its cases; none, of the campaign."""

    cles: tuple[str, ...] = ()


def non_juges(rapport: Rapport) -> tuple[NonJuge, ...]:
    """Return what a report doesn't judge: packages, cases, then checks of cases, excused or not
    made, then what nobody can know of the target."""
    runs, found = rapport.executions, dict[tuple[str, str], dict[str, None]]()
    for verdict in rapport.verdicts:
        if verdict.decision in _WITHOUT_A_VERDICT:
            found[f"package {verdict.package}, {verdict.decision}", verdict.raison] = {}
    for quoi, pourquoi, cle in (
        *((f"cas {s}", phrase_of(x), x.cle) for s in _WITHOUT_A_RUN for x in runs if x.statut is s),
        *(
            (f"vérification excusée : {c.attendu}", c.excuse, x.cle)
            for x in runs
            for c in x.excuses
        ),
        *((f"non vérifié : {n.quoi}", n.pourquoi, x.cle) for x in runs for n in x.non_verifies),
    ):
        found.setdefault((quoi, pourquoi), {})[cle] = None
    for absent in rapport.non_verifies:
        found.setdefault((absent.quoi, absent.pourquoi), {})
    return tuple(NonJuge(*what, tuple(keys)) for what, keys in found.items())


def excused_runs(executions: Iterable[Execution]) -> dict[str, str]:
    """Return the keys of the runs with excused checks, by how they ended (« réussi, 1 vérification
    excusée »)."""
    found: dict[str, list[str]] = {}
    for each in executions:
        if each.excuses:
            found.setdefault(said_of(each), []).append(each.cle)
    return {ended: ", ".join(keys) for ended, keys in found.items()}


def checks_of(executions: Sequence[Execution]) -> str:
    """Return how many checks of the contract and the guides were made of runs, and excused, in
    French; empty without any."""
    made = sum(each.controles for each in executions)
    excused = sum(len(each.excuses) for each in executions)
    said = "aucune excusée" if not excused else counted(excused, "excusée")
    many = counted(made, "vérification faite", "vérifications faites")
    return f"{many}, {said}" if made or excused else ""

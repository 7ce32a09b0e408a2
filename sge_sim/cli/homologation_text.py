"""A campaign in the terminal: a line per case while it runs, a table at the end."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sge_sim.homologation.reports.rapport import Execution, Rapport


def one_line(execution: "Execution") -> str:
    """Return a case and how it ended; what was wrong follows, indented."""
    from sge_sim.homologation.reports.executions import wrong_lines

    took = f"{execution.duree_ms:>6.0f} ms" if execution.instant else " " * 9
    line = f"{execution.statut.value:<13} {execution.cle:<20} {took}  {execution.titre}"
    if execution.perime:
        return f"{line}\n              annoncé en échec, mais réussi"
    if execution.statut.bon:
        return line
    found = wrong_lines(execution)
    if execution.regle:
        found.append(f"règle {execution.regle.name} ({execution.regle.source})")
    return "\n".join([line, *(f"              {each}" for each in found)])


def offer(rapport: "Rapport", acteur: str) -> str:
    """Return how to let the simulator's production know of what was homologated, if anything."""
    from sge_sim.homologation.reports.rapport import Decision

    lines = [
        f"  sge-sim acteurs habiliter {acteur} {one.package}"
        for one in rapport.verdicts
        if one.decision is Decision.HOMOLOGUE
    ]
    told = "Pour que le simulateur l'admette aussi quand il joue la production :"
    return "\n".join(["", told, *lines]) if lines else ""


def summary(rapport: "Rapport") -> str:
    """Return the counts and the verdict of each package."""
    from sge_sim.homologation.reports.executions import counts_in_words

    lines = ["", f"{rapport.release} : {counts_in_words(rapport.executions)}", ""]
    lines += [
        f"  {one.package:<16} {one.decision.value:<15} {one.raison}" for one in rapport.verdicts
    ]
    for remarque in rapport.remarques:
        lines += ["", remarque]
    if rapport.perimes:
        keys = ", ".join(each.cle for each in rapport.perimes)
        lines += ["", f"Annoncés en échec, mais réussis : {keys}. Corriger la liste."]
    return "\n".join(lines)

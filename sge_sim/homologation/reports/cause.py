"""Why a run isn't good, in a sentence that a manager reads: the same in every form of a report."""

from sge_sim.homologation.reports.rapport import Execution, Statut


def cause_of(execution: Execution) -> str:
    """Return why a run isn't good, in French, a sentence or two; nothing for a good one.

    What was expected and what came, then the rule of the simulator, where one decided.
    """
    if execution.perime:
        return "Annoncé en échec, mais réussi : le retirer de la liste."
    if execution.statut.bon:
        return ""
    if execution.statut is Statut.PERTURBE:
        return f"{execution.remarque} Le cas n'est pas jugé : le repasser sans elle.".strip()
    if execution.statut is Statut.NON_EXECUTE:
        return execution.remarque or "Le cas n'a pas été exécuté."
    wrong = [each for each in execution.constats if not each.reussi]
    told = [f"Attendu : {each.attendu} ; reçu : {each.trouve or 'autre chose'}." for each in wrong]
    if execution.regle is not None:
        told.append(
            f"La règle {execution.regle.name} a refusé ({execution.regle.source}), "
            f"aurait été accepté : {execution.regle.remede}."
        )
    if execution.statut is Statut.ECHOUE and execution.remarque:
        told.append(execution.remarque)
    if execution.statut is Statut.ECART:
        told.append("La plateforme d'Enedis est connue pour cet écart.")
    return " ".join(told) or execution.remarque


def remarks_of(execution: Execution) -> str:
    """Return the remarks of the tracking sheet, the cause of a failure among them."""
    remarks, cause = execution.fiche.get("Remarques", ""), cause_of(execution)
    return f"{remarks} {cause}".strip() if cause and cause not in remarks else remarks

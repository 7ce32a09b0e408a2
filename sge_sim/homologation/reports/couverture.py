"""The cover of a report: whose campaign it is, of what, when, and the words that it uses."""

from collections.abc import Iterator
from datetime import datetime

from sge_sim.clock import PARIS
from sge_sim.homologation.reports.etats import mots_des_rapports
from sge_sim.homologation.reports.rapport import Rapport


def couverture(rapport: Rapport) -> tuple[tuple[str, str], ...]:
    """Return the lines of the cover: what each tells, and its value."""
    partial = " ; partielle" if rapport.partielle else ""
    words = mots_des_rapports()
    callers = ", ".join(words["origines"][each] for each in rapport.origines)
    kind = words["campagnes"][rapport.origine]["genre"]
    software = ", ".join(rapport.logiciels).replace(" (passage)", "")
    return (
        ("Société", rapport.societe or "non connue"),
        ("Client", rapport.client or "non précisé"),
        ("Acteur", rapport.acteur),
        ("Version de SGE", rapport.release.removeprefix("sge-")),
        ("Cible", rapport.cible),
        ("Campagne", f"{kind}{partial}"),
        ("Date", f"du {said_at(rapport.debut)} au {said_at(rapport.fin)}, heure légale"),
        ("Appels faits par", callers or "personne"),
        ("Logiciel des appels", software or "non connu"),
        ("Établi par", f"sge-sim {rapport.sge_sim}"),
    )


def mots(rapport: Rapport) -> Iterator[tuple[str, str]]:
    """Yield the states that a report shows, with what they mean."""
    shown = {str(each.statut) for each in rapport.executions}
    shown |= {str(each.decision) for each in rapport.verdicts}
    shown |= {"vérification excusée" for each in rapport.executions if each.excuses}
    yield from (each for each in mots_des_rapports()["verdicts"].items() if each[0] in shown)


def said_at(instant: datetime) -> str:
    """Return an instant in legal time, as a report writes it."""
    return f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"

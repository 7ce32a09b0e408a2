"""The cover of a report: whose campaign it is, of what, when, and the words that it uses."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import Origine
from sge_sim.homologation.reports.etats import CAMPAIGN_KINDS, Decision, Statut
from sge_sim.homologation.reports.rapport import Rapport

ORIGINES_DITES: Final[Mapping[Origine, str]] = {
    "client": "le client de l'acteur",
    "passage": "sge-sim, qui joue les cas",
    "rejeu": "sge-sim, qui refait un échange",
    "doctor": "sge-sim, qui cherche ce qui bloque un client",
}
_MOTS: Final[Mapping[Statut | Decision, str]] = {
    Statut.REUSSI: "la réponse est celle que le catalogue attend",
    Statut.ADMIS: "la réponse n'est pas celle du catalogue, mais Enedis juge la demande seule",
    Statut.ECHOUE: "la réponse n'est pas celle attendue, ou n'est pas conforme",
    Statut.ECART: "la réponse est celle que la plateforme d'Enedis est connue pour donner à tort",
    Statut.PERTURBE: "une panne prévue a touché l'appel, qui ne juge personne",
    Statut.A_PASSER: "le cas n'a pas été exécuté, et doit l'être",
    Statut.PAS_COMMENCE: "personne ne l'a encore appelé, et la campagne est ouverte",
    Statut.NON_TESTABLE: "Enedis n'en demande aucune exécution",
    Statut.NON_SERVI: "la cible ne sert pas ce service ce jour-là",
    Decision.HOMOLOGUE: "chaque cas obligatoire du package est bon",
    Decision.NON_HOMOLOGUE: "un cas obligatoire du package au moins n'est pas bon",
    Decision.SANS_OBJET: "la version ne liste aucun cas de ce package",
    Decision.SANS_CAS_SERVI: "la cible ne sert aucun des cas obligatoires du package",
    Decision.NON_JUGE: "la campagne ne permet pas de juger le package",
}
"""What the words of a verdict mean; those of `Decision` that have the word of a status share it."""


def couverture(rapport: Rapport) -> tuple[tuple[str, str], ...]:
    """Return the lines of the cover: what each tells, and its value."""
    partial = " ; partielle" if rapport.partielle else ""
    callers = ", ".join(ORIGINES_DITES[each] for each in rapport.origines)
    return (
        ("Société", rapport.societe or "non connue"),
        ("Client", rapport.client or "non précisé"),
        ("Acteur", rapport.acteur),
        ("Version de SGE", rapport.release.removeprefix("sge-")),
        ("Cible", rapport.cible),
        ("Campagne", f"{CAMPAIGN_KINDS[rapport.origine]}{partial}"),
        ("Date", f"du {said_at(rapport.debut)} au {said_at(rapport.fin)}, heure légale"),
        ("Appels faits par", callers or "personne"),
        (
            "Logiciel des appels",
            ", ".join(rapport.logiciels).replace(" (passage)", "") or "non connu",
        ),
        ("Établi par", f"sge-sim {rapport.sge_sim}"),
    )


def mots(rapport: Rapport) -> Iterator[tuple[str, str]]:
    """Yield the states that a report shows, with what they mean."""
    shown = {str(each.statut) for each in rapport.executions}
    shown |= {str(each.decision) for each in rapport.verdicts}
    for word, meaning in _MOTS.items():
        if str(word) in shown:
            yield str(word), meaning
    if any(each.excuses for each in rapport.executions):
        yield (
            "vérification excusée",
            "elle a échoué, mais ce qui l'excuse est daté et vaut encore : elle ne compte pas",
        )


def said_at(instant: datetime) -> str:
    """Return an instant in legal time, as a report writes it."""
    return f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"

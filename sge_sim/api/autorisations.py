"""The client's authorisations that actors declared, and their audit.

Those of orders are kept in the state. Those of consultations of technical data, which SGE traces
too (ICS v1.0.0), are read in the journal, which keeps each call already: answering writes nothing
for them, and they are listed for as long as the journal keeps their exchange.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sge_sim.clock import PARIS
from sge_sim.commandes.autorisations import audit
from sge_sim.facts.database import Database
from sge_sim.journal import Echange, Journal, RechercheJournal
from sge_sim.machine.documents import read_tree
from sge_sim.tables.commandes import AutorisationClient, autorisations

_CONSULTATION = "ConsultationDonneesTechniquesContractuelles"
_PAGE = 500


def view_autorisations(
    database: Database, journal: Journal, acteur: str | None
) -> list[dict[str, Any]]:
    """Return the declarations, oldest first, of all actors or of one by its code."""
    code = acteur and acteur.upper()
    with database.sessions() as session:
        found = [_described(each) for each in autorisations(session, code)]
    found += [_consulted(each) for each in _consultations(journal, code)]
    return sorted(found, key=lambda each: datetime.fromisoformat(each["declaree_le"]))


def _consultations(journal: Journal, acteur: str | None) -> Iterator[Echange]:
    """Yield the consultations of technical data that declared an authorisation, oldest first."""
    after, recherche = 0, RechercheJournal(service=_CONSULTATION, code="SGT200")
    while page := journal.find_echanges(recherche, limit=_PAGE, after_id=after, with_bodies=True):
        after = page[-1].id
        for echange in page:
            if acteur in (None, echange.acteur_code) and _declares(echange.request):
                yield echange


def _declares(request: bytes | None) -> bool:
    """Tell whether a request says that the client authorises the caller."""
    if request is None:
        return False
    declared = read_tree(request).findtext(".//autorisationClient", "")
    return declared.strip() in ("true", "1")


_NAMES: Final = (
    *("id", "echange", "declaree_le", "acteur", "affaire", "prm", "nom", "portee"),
    *("soutirage", "injection", "du", "au"),
)


def _consulted(echange: Echange) -> dict[str, Any]:
    return dict.fromkeys(_NAMES) | {
        "echange": echange.id,
        "declaree_le": echange.instant.astimezone(PARIS).isoformat(timespec="seconds"),
        "acteur": echange.acteur_code,
        "prm": echange.prm,
        "portee": "consultation des données techniques et contractuelles",
        "audit": [],
    }


def _described(autorisation: AutorisationClient) -> dict[str, Any]:
    return dict.fromkeys(_NAMES) | {
        "id": autorisation.id,
        "declaree_le": autorisation.declared_at.astimezone(PARIS).isoformat(timespec="seconds"),
        "acteur": autorisation.acteur_code,
        "affaire": autorisation.affaire_id,
        "prm": autorisation.prm,
        "nom": autorisation.nom,
        "portee": autorisation.portee,
        "soutirage": autorisation.soutirage,
        "injection": autorisation.injection,
        "du": autorisation.date_debut.isoformat(),
        "au": autorisation.date_fin and autorisation.date_fin.isoformat(),
        "audit": [
            {"critere": critere.critere, "respecte": critere.respecte, "constat": critere.constat}
            for critere in audit(autorisation)
        ],
    }

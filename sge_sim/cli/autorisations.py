"""`sge-sim autorisations`: the client's authorisations that actors declared, and their audit.

Those of orders are kept in the state. Those of consultations of a data sheet, which SGE traces too
(ICS v1.0.0), are read in the journal, which keeps each call already: answering writes nothing for
them, and they are told for as long as the journal keeps their exchange.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.clock import PARIS
from sge_sim.commandes.autorisations import audit
from sge_sim.homologation.client.messages import read_message
from sge_sim.journal import Echange, Journal, RechercheJournal
from sge_sim.schema.data_folder import open_database, open_journal
from sge_sim.tables.commandes import AutorisationClient, autorisations

_CONSULTATION = "ConsultationDonneesTechniquesContractuelles"
_PAGE = 500


@click.group("autorisations", help="Voir les autorisations que les acteurs ont déclarées.")
def group() -> None:
    """The commands on the clients' authorisations."""


@group.command(
    "list",
    help="Donner les déclarations et ce qu'un audit en dirait (critères de la FAQ). "
    "Aucun critère ne fait jamais refuser un appel.",
)
@click.option("--acteur", help="Code de l'acteur, par exemple TIERS1.")
@data_dir_option
@json_option
def list_command(acteur: str | None, data_dir: Path, as_json: bool) -> None:
    database = open_database(data_dir)
    with database.sessions() as session:
        found = [_described(one) for one in autorisations(session, acteur and acteur.upper())]
    consulted = _consultations(open_journal(database, data_dir), acteur and acteur.upper())
    found += [_consulted(one) for one in consulted]
    found.sort(key=lambda one: datetime.fromisoformat(one["declaree_le"]))
    if as_json:
        say_json(found)
    else:
        for one in found:
            click.echo(_told(one))


def _consultations(journal: Journal, acteur: str | None) -> Iterator[Echange]:
    """Yield the consultations of a data sheet that declared an authorisation, oldest first."""
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
    declared = read_message(request).contenu.get("autorisationClient")
    return str(declared).strip() in ("true", "1")


def _consulted(echange: Echange) -> dict[str, Any]:
    return {
        "id": None,
        "echange": echange.id,
        "declaree_le": echange.instant.astimezone(PARIS).isoformat(timespec="seconds"),
        "acteur": echange.acteur_code,
        "affaire": None,
        "prm": echange.prm,
        "nom": None,
        "portee": "consultation des données techniques et contractuelles",
        "soutirage": None,
        "injection": None,
        "du": None,
        "au": None,
        "audit": [],
    }


def _described(autorisation: AutorisationClient) -> dict[str, Any]:
    return {
        "id": autorisation.id,
        "echange": None,
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
            {"critere": one.critere, "respecte": one.respecte, "constat": one.constat}
            for one in audit(autorisation)
        ],
    }


def _told(one: dict[str, Any]) -> str:
    head = f"{one['declaree_le']}  {one['acteur']}  {one['prm']}  {one['portee']}"
    checks = [
        f"        {'oui' if check['respecte'] else 'NON'}  {check['critere']} : {check['constat']}"
        for check in one["audit"]
    ]
    return "\n".join([head, *checks])

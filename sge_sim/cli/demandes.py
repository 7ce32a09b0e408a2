"""`sge-sim demandes`, `services`, `autorisations`: what actors asked for.

The demands of M023, the services souscrits that orders opened, the clients' authorisations that
actors declared and their audit.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from sge_sim.cli.completion import acteurs, prms
from sge_sim.cli.options import data_dir_option, json_option, limit_option, say_json, say_list
from sge_sim.cli.state import database_of, state_of
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import EtatService, FluxM023
from sge_sim.errors import UnknownError

if TYPE_CHECKING:
    from sge_sim.api.flux import DemandeM023View
    from sge_sim.api.points import ServiceSouscritView


@click.group("demandes", help="Voir les demandes M023 et leurs fichiers.")
def demandes() -> None:
    """The commands on the demands of M023."""


@demandes.command("list", help="Donner les demandes, de la plus récente à la plus ancienne.")
@click.option(
    "--flux", type=click.Choice(get_args(FluxM023), case_sensitive=False), help="Sorte de flux."
)
@click.option("--acteur", help="Code de l'acteur.", shell_complete=acteurs)
@limit_option()
@data_dir_option
@json_option
def list_demandes(
    flux: FluxM023 | None, acteur: str | None, limit: int, data_dir: Path, as_json: bool
) -> None:
    from sge_sim.api.flux import DemandeM023View
    from sge_sim.tables.m023 import demandes_m023

    with database_of(data_dir).sessions() as session:
        found = demandes_m023(session, limit, flux=flux, acteur_code=acteur and acteur.upper())
        views = [DemandeM023View.of(demande) for demande in found]
    say_list(views, as_json, _demande_line, "Aucune demande ne répond à ces critères.")


@demandes.command(help="Dire tout d'une demande, et ses fichiers : sge-sim flux show en dit plus.")
@click.argument("affaire")
@data_dir_option
@json_option
def show(affaire: str, data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.flux import DemandeM023View, FichierView
    from sge_sim.tables.m023 import fichiers_m023, find_demande_m023

    with database_of(data_dir).sessions() as session:
        demande = find_demande_m023(session, affaire)
        if demande is None:
            raise UnknownError(
                f"Aucune demande ne porte le numéro {affaire} : sge-sim demandes list.", affaire
            )
        view = DemandeM023View.of(demande)
        fichiers = [FichierView.of(fichier) for fichier in fichiers_m023(session, affaire)]
    if as_json:
        say_json(view.model_dump() | {"fichiers": fichiers})
        return
    click.echo(_demande_line(view))
    for fichier in fichiers:
        click.echo(f"        {fichier.nom}  {fichier.taille} octets")


def _demande_line(view: "DemandeM023View") -> str:
    return (
        f"{view.affaire_id}  {view.demandee:%d/%m/%Y %H:%M}  {view.acteur:<8}  {view.flux} "
        f"{view.format}, {counted(view.points, 'point')}  {view.etat}"
    )


@click.group("services", help="Voir les services souscrits.")
def services() -> None:
    """The commands on subscribed services."""


@services.command("list", help="Donner les services souscrits, du dernier commandé au premier.")
@click.option(
    "--etat", type=click.Choice(get_args(EtatService), case_sensitive=False), help="Leur état."
)
@click.option("--prm", help="Numéro du point.", shell_complete=prms)
@click.option("--acteur", help="Code de l'acteur.", shell_complete=acteurs)
@limit_option()
@data_dir_option
@json_option
def list_services(
    etat: EtatService | None,
    prm: str | None,
    acteur: str | None,
    limit: int,
    data_dir: Path,
    as_json: bool,
) -> None:
    from sge_sim.api.points import ServiceSouscritView
    from sge_sim.tables.lists import find_services_souscrits

    with database_of(data_dir).sessions() as session:
        found = find_services_souscrits(
            session, etat=etat, prm=prm, acteur_code=acteur and acteur.upper(), limit=limit
        )
        views = [ServiceSouscritView.of(service) for service in found]
    say_list(views, as_json, _service_line, "Aucun service ne répond à ces critères.")


def _service_line(view: "ServiceSouscritView") -> str:
    end = "" if view.fin is None else f" au {view.fin:%d/%m/%Y} exclu"
    return (
        f"{view.id:>9}  {view.prm}  {view.acteur or '-':<8}  {view.etat_en_mots:<8}  "
        f"{' '.join(filter(None, (view.libelle, view.objet)))}, du {view.debut:%d/%m/%Y}{end}"
    )


@click.group("autorisations", help="Voir les autorisations que les acteurs ont déclarées.")
def autorisations() -> None:
    """The commands on the clients' authorisations."""


@autorisations.command(
    "list",
    help="Donner les déclarations et ce qu'un audit en dirait (critères de la FAQ). "
    "Aucun critère ne fait jamais refuser un appel.",
)
@click.option("--acteur", help="Code de l'acteur, par exemple TIERS1.", shell_complete=acteurs)
@data_dir_option
@json_option
def list_autorisations(acteur: str | None, data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.autorisations import view_autorisations

    say_list(view_autorisations(*state_of(data_dir), acteur), as_json, _autorisation_lines)


def _autorisation_lines(autorisation: dict[str, Any]) -> str:
    head = "  ".join(str(autorisation[name]) for name in ("declaree_le", "acteur", "prm", "portee"))
    checks = [
        f"        {'oui' if check['respecte'] else 'NON'}  {check['critere']} : {check['constat']}"
        for check in autorisation["audit"]
    ]
    return "\n".join([head, *checks])

"""`sge-sim applications`, `consentements`: who uses Data Connect, and what is shared there."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from sge_sim.cli.completion import acteurs, prms
from sge_sim.cli.options import data_dir_option, json_option, say_list
from sge_sim.cli.state import database_of
from sge_sim.domaine.nomenclatures import ModeApplication

if TYPE_CHECKING:
    from sge_sim.api.data_connect import ApplicationView, ConsentementView


@click.group("applications", help="Voir et enregistrer les applications de Data Connect.")
def applications() -> None:
    """The commands on applications of Data Connect."""


@applications.command("list", help="Donner les applications, leurs secrets et leurs API.")
@data_dir_option
@json_option
def list_applications(data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.data_connect import ApplicationView
    from sge_sim.tables.dataconnect import applications

    with database_of(data_dir).sessions() as session:
        found = [ApplicationView.of(application) for application in applications(session)]
    nothing = "Aucune application : sge-sim serve --data-connect en fait deux."
    say_list(found, as_json, _application_lines, nothing)


@applications.command("add", help="Enregistrer une application.")
@click.argument("nom")
@click.option(
    "--acteur", help="Code de l'acteur ; par défaut le tiers par défaut.", shell_complete=acteurs
)
@click.option(
    "--mode",
    type=click.Choice(get_args(ModeApplication)),
    default="production",
    show_default=True,
    help="Production, sur consentement, ou bac à sable.",
)
@click.option("--redirect-uri", required=True, help="Adresse où le client est renvoyé.")
@click.option("--api", "apis", multiple=True, help="API souscrite ; toutes sans elle.")
@data_dir_option
def add_application(
    nom: str,
    acteur: str | None,
    mode: ModeApplication,
    redirect_uri: str,
    apis: tuple[str, ...],
    data_dir: Path,
) -> None:
    from sge_sim.api.data_connect import ApplicationView
    from sge_sim.dataconnect.applications import create_application
    from sge_sim.tables.acteurs import default_acteur
    from sge_sim.tables.dataconnect import APIS

    with database_of(data_dir).transaction() as session:
        made = create_application(
            session,
            nom=nom,
            acteur_code=acteur or default_acteur(session, "tiers").code,
            mode=mode,
            redirect_uri=redirect_uri,
            apis=apis or tuple(APIS),
        )
        lines = _application_lines(ApplicationView.of(made))
    click.echo(lines)


@applications.command("set", help="Modifier une application.")
@click.argument("client_id")
@click.option("--nom", help="Nom montré sur la page de consentement.")
@click.option("--redirect-uri", help="Adresse où le client est renvoyé.")
@click.option("--api", "apis", multiple=True, help="API souscrites, à la place des autres.")
@data_dir_option
def set_application(
    client_id: str,
    nom: str | None,
    redirect_uri: str | None,
    apis: tuple[str, ...],
    data_dir: Path,
) -> None:
    from sge_sim.api.data_connect import ApplicationView
    from sge_sim.dataconnect.applications import change_application

    with database_of(data_dir).transaction() as session:
        changed = change_application(
            session, client_id, nom=nom, redirect_uri=redirect_uri, apis=apis or None
        )
        lines = _application_lines(ApplicationView.of(changed))
    click.echo(lines)


@applications.command("remove", help="Supprimer une application, et ses consentements.")
@click.argument("client_id")
@data_dir_option
def remove_application(client_id: str, data_dir: Path) -> None:
    from sge_sim.dataconnect.applications import get_application

    with database_of(data_dir).transaction() as session:
        session.delete(get_application(session, client_id))
    click.echo(f"Application {client_id} supprimée.")


def _application_lines(view: "ApplicationView") -> str:
    return (
        f"{view.client_id}  {view.mode}  {view.acteur}  {view.nom}\n"
        f"        secret {view.client_secret}\n"
        f"        retour {view.redirect_uri}\n"
        f"        API    {', '.join(view.apis)}"
    )


@click.group("consentements", help="Voir et retirer les consentements donnés dans Data Connect.")
def consentements() -> None:
    """The commands on consents."""


@consentements.command("list", help="Donner les consentements, du plus ancien au plus récent.")
@click.option("--prm", help="Numéro du point.", shell_complete=prms)
@data_dir_option
@json_option
def list_consentements(prm: str | None, data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.data_connect import ConsentementView
    from sge_sim.facts.stored_clock import StoredClock
    from sge_sim.tables.dataconnect import consentements

    database = database_of(data_dir)
    now = StoredClock(database).now()
    with database.sessions() as session:
        found = [ConsentementView.of(given, now) for given in consentements(session, prm)]
    say_list(found, as_json, _consent_line, "Aucun consentement.")


@consentements.command(
    "remove", help="Retirer un consentement, comme le client le peut à tout moment."
)
@click.argument("numero", type=click.IntRange(1))
@data_dir_option
def remove_consent(numero: int, data_dir: Path) -> None:
    from sge_sim.api.data_connect import ConsentementView
    from sge_sim.dataconnect.consentements import remove_consentement
    from sge_sim.facts.stored_clock import instant_within

    with database_of(data_dir).transaction() as session:
        now = instant_within(session)
        line = _consent_line(ConsentementView.of(remove_consentement(session, numero, now), now))
    click.echo(line)


def _consent_line(view: "ConsentementView") -> str:
    state = "en vigueur" if view.en_vigueur else view.motif_fin
    return (
        f"{view.id:>6}  {view.prm}  {view.client} → {view.application} ({view.acteur})  "
        f"du {view.du:%d/%m/%Y} au {view.au:%d/%m/%Y}  {state}"
    )

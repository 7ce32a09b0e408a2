"""`sge-sim pannes`: what is planned to go wrong with calls and files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sge_sim.cli.completion import acteurs, prms, services
from sge_sim.cli.options import data_dir_option, json_option, say, say_list
from sge_sim.cli.state import database_of
from sge_sim.domaine.pannes import SORTES
from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from sge_sim.api.pannes import PanneView


@click.group("pannes", help="Prévoir des pannes : erreurs, lenteurs, coupures, fichiers manquants.")
def pannes() -> None:
    """The commands on pannes."""


@pannes.command("list", help="Donner les pannes prévues, et ce qu'elles ont touché.")
@data_dir_option
@json_option
def list_command(data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.pannes import view_pannes

    with database_of(data_dir).sessions() as session:
        found = view_pannes(session, data_dir)
    say_list(found, as_json, _line, "Aucune panne prévue.")


@pannes.command("add", help="Prévoir une panne ; sans --probabilite, elle touche tous les appels.")
@click.argument("sorte", type=click.Choice(SORTES, case_sensitive=False))
@click.option(
    "--service", help="Service, ou flux d'un fichier ; tous sans elle.", shell_complete=services
)
@click.option("--acteur", help="Code de l'acteur ; tous sans elle.", shell_complete=acteurs)
@click.option("--prm", help="Numéro du point ; tous sans elle.", shell_complete=prms)
@click.option("--du", type=int, default=1, show_default=True, help="Premier appel touché.")
@click.option("--au", type=int, help="Dernier ; par défaut le premier, ou cent avec probabilité.")
@click.option("--probabilite", type=float, help="Part des appels touchés, de 0 (exclu) à 1.")
@click.option("--graine", type=int, default=0, help="La même touche les mêmes appels.")
@click.option("--secondes", type=float, help="Durée d'une panne qui dure, ou sa médiane.")
@click.option("--dispersion", type=float, default=0.0, help="Sigma log-normal d'une latence.")
@data_dir_option
@json_option
def add_command(data_dir: Path, as_json: bool, **asked: Any) -> None:
    from sge_sim.api.pannes import PanneDemande, plan_panne

    with database_of(data_dir).transaction() as session:
        view = plan_panne(session, PanneDemande(**asked))
    say(view, as_json, _line(view))


@pannes.command("remove", help="Retirer une panne prévue, ou toutes (--all).")
@click.argument("numero", type=click.IntRange(1), required=False)
@click.option("--all", "every", is_flag=True, help="Les retirer toutes.")
@data_dir_option
def remove_command(numero: int | None, every: bool, data_dir: Path) -> None:
    from sge_sim.tables.pannes import remove_panne, remove_pannes

    if (numero is None) is not every:
        raise UsageError("Donner soit le numéro d'une panne, soit --all.")
    with database_of(data_dir).transaction() as session:
        if numero is None:
            remove_pannes(session)
        elif not remove_panne(session, numero):
            raise UsageError(f"Aucune panne prévue ne porte le numéro {numero}.")


def _line(view: "PanneView") -> str:
    about = " ".join(filter(None, (view.service, view.acteur, view.prm))) or "tous les appels"
    drawn = "" if view.probabilite is None else f", probabilité {view.probabilite:g}"
    drawn += f", graine {view.graine}" if view.probabilite is not None or view.dispersion else ""
    lasts = "" if view.secondes is None else f", {view.secondes:g} s"
    state = "épuisée" if view.epuisee else "en attente" if not view.appels else "en cours"
    return (
        f"{view.numero:>4}  {view.libelle}{lasts}  ({about}, {view.du} à {view.au}{drawn})  "
        f"{state} : {view.touches} / {view.appels}"
    )

"""`sge-sim acteurs`: who may call, in the name of whom, and for what, on a terminal.

A running simulator on the same data directory takes each change up at once.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sge_sim.cli import completion
from sge_sim.cli.declared import Shown, command_of, group_of
from sge_sim.cli.options import data_dir_option, environment_option, option
from sge_sim.cli.state import database_of
from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import Environment

if TYPE_CHECKING:
    from sge_sim.api.acteurs import ActeurView
    from sge_sim.api.flux import CanalView


def _lines(acteur: "ActeurView") -> Iterator[str]:
    default = " (par défaut)" if acteur.par_defaut else ""
    yield f"{acteur.code}  {acteur.nom}, {acteur.kind}{default}"
    for environnement, packages in acteur.habilitations.items():
        yield f"  habilité en {environnement:<13} {', '.join(packages) or '-'}"
    for utilisateur in acteur.utilisateurs:
        services = utilisateur.services
        rights = "tous les services" if services is None else ", ".join(services) or "aucun service"
        state = "" if utilisateur.actif else ", compte fermé"
        yield f"  login     {utilisateur.login}  {rights}{state}"
    for contrat in acteur.contrats:
        end = f"{contrat.date_fin:%d/%m/%Y}" if contrat.date_fin else "sans fin"
        start = f"{contrat.date_debut:%d/%m/%Y}"
        yield f"  contrat   {contrat.contrat_id}  {contrat.type}  {start} – {end}"
    for certificat in acteur.certificats:
        yield (
            f"  certificat {certificat.sujet}  {certificat.environnement}, "
            f"jusqu'au {certificat.fin:%d/%m/%Y}"
        )
        if certificat.avertissement:
            yield f"    {certificat.avertissement}."


def _text(acteur: "ActeurView") -> str:
    return "\n".join(_lines(acteur)) + "\n"


acteurs = group_of(
    "acteurs",
    "Voir et changer les acteurs de marché : logins, contrats, habilitations.",
    {"list_acteurs": Shown(_text), "show": Shown(_text)},
)


@acteurs.command("mot-de-passe", help="Donner le mot de passe HTTP Basic d'un login.")
@click.argument("login")
@option(
    "--mot-de-passe",
    "password",
    was="--password",
    prompt="Mot de passe",
    hide_input=True,
    confirmation_prompt=True,
    envvar="SGE_SIM_PASSWORD",
    help="Demandé s'il n'est pas donné.",
)
@data_dir_option
def mot_de_passe(login: str, password: str, data_dir: Path) -> None:
    from sge_sim.referentiel.acteurs import set_password

    with database_of(data_dir).transaction() as session:
        set_password(session, login, password)
    click.echo(f"Mot de passe de {login} enregistré (haché).")


@acteurs.command(help="Enregistrer le certificat d'un acteur (comme « cert register »).")
@click.argument("acteur", shell_complete=completion.acteurs)
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@environment_option("Plateforme pour laquelle il est enregistré.", required=True)
@data_dir_option
def certificat(acteur: str, file: Path, environment: Environment, data_dir: Path) -> None:
    from sge_sim.door.certificats import register_file

    with database_of(data_dir).transaction() as session:
        sentence = register_file(session, acteur, file, environment, machine_now())
    click.echo(sentence)


def _canal(view: "CanalView") -> str:
    return f"Contrat {view.contrat_id} : {view.type} {view.url}, chiffrement {view.chiffrement}."


acteurs.add_command(
    command_of(
        "acteurs canal",
        {"show_canal": Shown(_canal), "declare_canal": Shown(_canal)},
        subject="flux",
    )
)

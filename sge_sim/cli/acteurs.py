"""`sge-sim acteurs`: who may call, in the name of whom, and for what, on a terminal.

A running simulator on the same data directory takes each change up at once.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from sge_sim.cli import completion
from sge_sim.cli.declared import Shown, group_of
from sge_sim.cli.options import data_dir_option, json_option, say
from sge_sim.cli.state import database_of
from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import ENVIRONMENTS, AlgorithmeFlux, Environment, TypeCanal
from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from sge_sim.api.acteurs import ActeurView


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
@click.option(
    "--password",
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
@click.option(
    "--environment",
    type=click.Choice(ENVIRONMENTS),
    required=True,
    help="Plateforme pour laquelle il est enregistré.",
)
@data_dir_option
def certificat(acteur: str, file: Path, environment: Environment, data_dir: Path) -> None:
    from sge_sim.door.certificats import register_file

    with database_of(data_dir).transaction() as session:
        sentence = register_file(session, acteur, file, environment, machine_now())
    click.echo(sentence)


@acteurs.command(
    help="Déclarer où les flux d'un contrat sont livrés, ou le dire sans --type. Sans canal : dans "
    "le dossier de l'état, sous flux/CONTRAT. Les clés sont gardées telles quelles dans la base."
)
@click.argument("contrat")
@click.option(
    "--type", "type_canal", type=click.Choice(get_args(TypeCanal)), help="Sorte du canal."
)
@click.option(
    "--url",
    help="Dossier, ou ftp://utilisateur:motdepasse@hôte/dossier (de même sftp://) ; {famille} y "
    "tient la place d'un dossier par famille de flux.",
)
@click.option(
    "--chiffrement",
    type=click.Choice(get_args(AlgorithmeFlux)),
    default="aucun",
    show_default=True,
    help="Chiffrement des fichiers.",
)
@click.option("--cle", help="Clé hexadécimale : 32 chiffres pour aes128, 64 pour aes256.")
@click.option("--iv", help="IV hexadécimal d'aes128 : 32 chiffres.")
@data_dir_option
@json_option
def canal(
    contrat: str,
    type_canal: TypeCanal | None,
    url: str | None,
    chiffrement: AlgorithmeFlux,
    cle: str | None,
    iv: str | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    from sge_sim.flux.declaration import declare_canal, describe_canal

    database = database_of(data_dir)
    if type_canal is not None:
        with database.transaction() as session:
            declare_canal(
                session,
                contrat,
                type_canal=type_canal,
                url=url,
                algorithme=chiffrement,
                cle=cle,
                iv=iv,
            )
    elif url or cle or iv:
        raise UsageError("--url, --cle et --iv vont avec --type : le donner.")
    with database.sessions() as session:
        declared = describe_canal(session, contrat, data_dir)
    say(
        declared,
        as_json,
        f"Contrat {contrat} : {declared.type} {declared.url}, chiffrement {declared.chiffrement}.",
    )

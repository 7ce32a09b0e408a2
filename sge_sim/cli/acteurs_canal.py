"""`sge-sim acteurs canal`: where the files of a contract are delivered, and how encrypted."""

from pathlib import Path
from typing import get_args

import click

from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.domaine.nomenclatures import AlgorithmeFlux, TypeCanal
from sge_sim.errors import UsageError


@click.command(
    help="Déclarer où les flux d'un contrat sont livrés, ou le dire sans --type. Sans canal : dans "
    "le dossier de l'état, sous flux/CONTRAT. Les clés sont gardées telles quelles dans la base."
)
@click.argument("contrat")
@click.option("--type", "type_canal", type=click.Choice(get_args(TypeCanal)))
@click.option(
    "--url",
    help="Dossier, ou ftp://utilisateur:motdepasse@hôte/dossier (de même sftp://) ; {famille} y "
    "tient la place d'un dossier par famille de flux.",
)
@click.option(
    "--chiffrement", type=click.Choice(get_args(AlgorithmeFlux)), default="aucun", show_default=True
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
    from sge_sim.schema.data_folder import open_database

    database = open_database(data_dir)
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
    if as_json:
        say_json(declared)
        return
    click.echo(
        f"Contrat {contrat} : {declared.type} {declared.url}, chiffrement {declared.chiffrement}."
    )

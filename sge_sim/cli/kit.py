"""`sge-sim kit`: what an actor's developers need for a first call, in one zip."""

from pathlib import Path
from typing import Any

import click

from sge_sim.cli.attente import told_if_long
from sge_sim.cli.completion import acteurs
from sge_sim.cli.options import data_dir_option
from sge_sim.clock import machine_now
from sge_sim.errors import UsageError
from sge_sim.processes.serving_note import find_served
from sge_sim.settings import Settings


@click.command(
    help="Écrire le kit d'un acteur : WSDL, catalogue, certificat et clé, guide des premiers pas."
)
@click.argument("out", metavar="OUT.zip", type=click.Path(dir_okay=False, path_type=Path))
@data_dir_option
@click.option(
    "--url",
    help="Adresse servie ; par défaut celle du simulateur qui tourne sur ce dossier, sinon "
    f"https://localhost:{Settings.port}.",
)
@click.option(
    "--acteur", help="Code de l'acteur ; le tiers par défaut sinon.", shell_complete=acteurs
)
@click.option(
    "--environment",
    type=click.Choice(["homologation", "production"]),
    help="Environnement où le certificat est enregistré ; par défaut celui que joue ce simulateur, "
    "sinon l'homologation.",
)
def kit(out: Path, data_dir: Path, url: str | None, acteur: str | None, environment: Any) -> None:
    from sge_sim.homologation.campaign.targets import checked_url
    from sge_sim.homologation.kit import write_kit
    from sge_sim.schema.data_folder import open_database

    if out.exists():
        raise UsageError(f"{out} existe déjà : donner un autre nom.")
    if not out.parent.is_dir():
        raise UsageError(f"{out.parent} n'est pas un dossier : le créer d'abord.")
    served = find_served(data_dir)
    url = url or (served.b2b_url if served else f"https://localhost:{Settings.port}")
    environment = environment or (served.environment if served else "homologation")
    with told_if_long("Écriture du kit"):
        holder = write_kit(
            out,
            open_database(data_dir),
            data_dir,
            url=checked_url(url),
            acteur=acteur,
            environnement=environment,
            now=machine_now(),
        )
    click.echo(f"{out} : kit de {holder.nom}, login {holder.login}, contrat {holder.contrat_id}.")
    click.echo(f"Adresse {url} ; certificat enregistré en {environment}.")
    click.echo(f"ATTENTION : {out} contient une CLÉ PRIVÉE ; vous seul pouvez le lire.", err=True)

"""`sge-sim doctor`: say what is wrong with a client's set-up."""

import sys
from pathlib import Path

import click

from sge_sim.cli.options import RegularFile, SettingOption, json_option, say_json
from sge_sim.clock import machine_now
from sge_sim.homologation.doctor import Diagnostic
from sge_sim.processes.serving_note import find_served
from sge_sim.settings import variable_of

_PEM = RegularFile()


@click.command(help="Dire ce qui empêche un client d'appeler SGE. Code retour : 0 si rien.")
@click.option("--cert", type=_PEM, required=True, help="Certificat et ses intermédiaires (PEM).")
@click.option("--key", type=_PEM, required=True, help="Clé privée (PEM).")
@click.option("--url", help="Adresse appelée ; une connexion est essayée.")
@click.option("--ca", type=_PEM, help="Autorité du serveur ; les autorités publiques sinon.")
@click.option("--login", help="Login SGE.")
@click.option("--contrat", help="Numéro du contrat.")
@click.option(
    "--data-dir",
    cls=SettingOption,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar=variable_of("data_dir"),
    help="Dossier du simulateur appelé, dont les autorités et les acteurs sont alors connus.",
)
@click.option(
    "--environment",
    type=click.Choice(["homologation", "production"]),
    help="Plateforme visée ; par défaut celle que joue le simulateur qui tourne sur ce dossier, "
    "sinon l'homologation.",
)
@json_option
def doctor(
    data_dir: Path | None, environment: str | None, as_json: bool, **options: object
) -> None:
    from sge_sim.homologation.doctor.examination import Setup, examine

    served = None if data_dir is None else find_served(data_dir)
    environment = environment or (served.environment if served else "homologation")
    setup = Setup(
        data_dir=data_dir,
        admin_url=served.admin_url if served else None,
        environment=environment,  # type: ignore[arg-type]
        **options,  # type: ignore[arg-type]
    )
    found = examine(setup, machine_now())
    if as_json:
        say_json(found)
    else:
        click.echo("\n".join(map(_sentence, found)) or "Rien à signaler.")
    sys.exit(1 if any(each.gravite == "erreur" for each in found) else 0)


def _sentence(found: Diagnostic) -> str:
    return f"{found.gravite.capitalize()} [{found.code}] {found.constat}\n  → {found.remede}"

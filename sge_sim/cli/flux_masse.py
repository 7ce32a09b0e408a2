"""`sge-sim flux masse`: files of many points over many days, without an order."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sge_sim.cli.console import told_if_long
from sge_sim.cli.options import InstantType, data_dir_option
from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR, legal_date
from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.files import make_private_folder, read_user_file

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.flux.masse import FichierFait

_MOST_BYTES = 200 * 10**6


@click.command(
    help="Fabriquer les fichiers de points C5 sur des jours, sans commande, par plusieurs "
    "processus : rien n'est inscrit ni livré, et les octets sont les mêmes quel que soit leur "
    "nombre."
)
@click.option(
    "--points",
    required=True,
    help="Combien de points, les premiers par PRM, ou un fichier d'un PRM par ligne.",
)
@click.option("--du", required=True, type=InstantType(), help="Premier jour.")
@click.option("--au", required=True, type=InstantType(), help="Jour de fin, exclu.")
@click.option(
    "--flux", required=True, help="Flux, séparés par des virgules : R50,R151,R63B,R64B,R66B."
)
@click.option(
    "--sortie",
    default="masse",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Dossier à remplir, vide ou absent.",
)
@click.option("--workers", type=click.IntRange(1, 256), help="Processus ; par défaut un par cœur.")
@data_dir_option
def masse(
    points: str,
    du: datetime,
    au: datetime,
    flux: str,
    sortie: Path,
    workers: int | None,
    data_dir: Path,
) -> None:
    from sge_sim.door.certificats import login_and_contrat
    from sge_sim.flux.masse import FLUX_EN_MASSE, cut_in_parts, make_parts
    from sge_sim.schema.data_folder import open_database
    from sge_sim.tables.acteurs import default_acteur

    asked = [one.strip().upper() for one in flux.split(",")]
    unknown = [one for one in asked if one not in FLUX_EN_MASSE]
    if unknown:
        raise UsageError(
            f"--flux {', '.join(unknown)} ne se fait pas en masse : choisir parmi "
            f"{', '.join(FLUX_EN_MASSE)}."
        )
    debut, fin = legal_date(du), legal_date(au)
    if not PREMIER_JOUR <= debut < fin <= FIN_DES_JOURS:
        raise UsageError(
            f"--du {debut} --au {fin} : donner des jours du calendrier simulé, la fin après le "
            "début."
        )
    if sortie.exists() and any(sortie.iterdir()):
        raise UsageError(f"--sortie {sortie} n'est pas vide : en donner un autre, ou le vider.")
    database = open_database(data_dir)
    with database.sessions() as session:
        prms = _points(session, points)
        _, contrat_id = login_and_contrat(default_acteur(session, "tiers"))
        parts = cut_in_parts(prms, asked, debut, fin, contrat_id, make_private_folder(sortie))
        made: list[FichierFait] = []
        done = 0

        def progress() -> str:
            return f"{done} parties sur {len(parts)}, {counted(len(made), 'fichier')}"

        with told_if_long("Fabrication", progress):
            for files in make_parts(session, parts, workers):
                done += 1
                made += files
    database.dispose()
    size = sum(one.taille for one in made)
    click.echo(f"{counted(len(made), 'fichier')}, {size} octets, dans {sortie}.")


def _points(session: "Session", asked: str) -> list[str]:
    """Return the points that are asked for, ascending; raises `UsageError` for what isn't any."""
    from sge_sim.tables.points import first_small_points, small_points_among

    if asked.isdecimal():
        most = int(asked)
        found = first_small_points(session, most)
        if not found or len(found) < most:
            raise UsageError(
                f"--points {asked} : la base a {counted(len(found), 'point')} C5 ; en demander de "
                "1 à ce nombre, ou donner un fichier."
            )
        return found
    lines = read_user_file(asked, _MOST_BYTES).decode("utf-8", "replace").splitlines()
    prms = sorted({line.strip() for line in lines if line.strip()})
    unknown = sorted(set(prms) - small_points_among(session, prms))
    if unknown or not prms:
        raise UsageError(
            f"--points {asked} : "
            + (
                f"{counted(len(unknown), 'ligne')} n'est pas le PRM d'un point C5 de la base, "
                f"comme « {unknown[0][:40]} » ; les ôter."
                if unknown
                else "le fichier est vide ; y écrire un PRM par ligne."
            )
        )
    return prms

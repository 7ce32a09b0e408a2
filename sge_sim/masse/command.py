"""`sge-sim flux masse`: files of many points over many days, without an order."""

from contextlib import AbstractContextManager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sge_sim.cli.console import progress_if_long
from sge_sim.cli.options import INSTANT, data_dir_option
from sge_sim.cli.state import database_of
from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR, legal_date
from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.files import make_private_folder, read_user_file

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.flux.parallele import Equipe
    from sge_sim.masse.grappe import Grappe

_MOST_BYTES = 200 * 10**6


@click.command(
    "masse",
    help="Fabriquer les fichiers de points C5 sur des jours, sans commande, par plusieurs "
    "processus : rien n'est inscrit ni livré, et les octets sont les mêmes quel que soit leur "
    "nombre.",
)
@click.option(
    "--points",
    required=True,
    help="Combien de points, les premiers par PRM, ou un fichier d'un PRM par ligne.",
)
@click.option("--du", required=True, type=INSTANT, help="Premier jour.")
@click.option("--au", required=True, type=INSTANT, help="Jour de fin, exclu.")
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
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Processus, par défaut un par cœur ; avec --dask, parties faites à la fois.",
)
@click.option(
    "--dask",
    metavar="ADRESSE",
    help="Faire le travail par une grappe Dask, comme tcp://machine:8786. Veut l'extra "
    "sge-sim[dask].",
)
@click.option(
    "--parquet",
    is_flag=True,
    help="Écrire aussi les valeurs de chaque flux en une table. Veut l'extra sge-sim[parquet].",
)
@data_dir_option
def command(
    points: str,
    du: datetime,
    au: datetime,
    flux: str,
    sortie: Path,
    workers: int | None,
    dask: str | None,
    parquet: bool,
    data_dir: Path,
) -> None:
    from sge_sim.door.certificats import login_and_contrat
    from sge_sim.masse.parties import FLUX_EN_MASSE, cut_in_parts, make_parts
    from sge_sim.tables.acteurs import default_acteur

    asked = [kind.strip().upper() for kind in flux.split(",")]
    unknown = [kind for kind in asked if kind not in FLUX_EN_MASSE]
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
    if parquet and find_spec("pyarrow") is None:
        raise UsageError("Le paquet pyarrow manque : pip install 'sge-sim[parquet]'.")
    database = database_of(data_dir)
    files = size = done = 0
    with database.sessions() as session:
        prms = _points(session, points)
        _, contrat_id = login_and_contrat(default_acteur(session, "tiers"))
        parts = cut_in_parts(prms, asked, debut, fin, contrat_id, parquet=parquet)
        with _repartiteur(session, workers, dask, parquet=parquet) as repartiteur:
            make_private_folder(sortie)

            def progress() -> str:
                return f"{counted(done, 'partie')} sur {len(parts)}, {counted(files, 'fichier')}"

            with progress_if_long("Fabrication", progress):
                for made, octets in make_parts(session, parts, repartiteur, sortie):
                    done += 1
                    files += made
                    size += octets
    database.dispose()
    click.echo(f"{counted(files, 'fichier')}, {size} octets, dans {sortie}.")


def _repartiteur(
    session: "Session", workers: int | None, dask: str | None, *, parquet: bool
) -> "AbstractContextManager[Equipe | Grappe]":
    """Return who does the work: processes of this machine, or a cluster."""
    if dask is None:
        from sge_sim.flux.parallele import Equipe

        return Equipe(workers)
    from sge_sim.masse.grappe import Grappe

    return Grappe(dask, session, workers, ("pyarrow",) if parquet else ())


def _points(session: "Session", asked: str) -> list[str]:
    """Return the PRMs that are asked for, ascending; raises `UsageError` for an unknown one."""
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

"""The daily publication of many C5 points: the R50 and R151 of one day.

`python -m bench.publication 20000` prints the seconds, the peak memory and the processor's seconds.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bench.usage import parser_of
from sge_sim.clock import PARIS, elapsed_ms, stopwatch
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.flux.publication import Publisher
from sge_sim.journal import Bounds, Journal
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.dataset import PointRows, load_dataset
from sge_sim.referentiel.population import population
from sge_sim.schema.data_folder import prepare
from sge_sim.tables.acteurs import Acteur, Contrat
from sge_sim.tables.commandes import Abonnement, Affaire, ServiceSouscrit
from sge_sim.tables.flux import FichierFlux
from sge_sim.tables.mesures import Collecte
from sge_sim.tables.points import insert_points

JOUR: Final = date(2025, 6, 18)
"""The day that is published."""
LEAVES: Final = datetime(2025, 6, 20, 3, tzinfo=PARIS)
"""When its files leave."""
SEED: Final = 42

_ORDERED = datetime(2025, 6, 18, 6, tzinfo=PARIS)
_SUBSCRIPTIONS = ((3182901, "CDC", "PT30M"), (3182902, "IDX", "P1D"))
_POINTS_AT_ONCE = 2000


@dataclass(frozen=True)
class Measured:
    """What the publication of a day took: `peak_mib` is the most that one process held, `cpu` the
    processor's seconds of all."""

    points: int
    files: int
    size: int
    seconds: float
    peak_mib: float
    cpu: float


def measure(points: int) -> Measured:
    """Publish a day of so many points, in a process of its own on a state made for it."""
    with tempfile.TemporaryDirectory() as folder:
        make_state(Path(folder), points)
        command = [sys.executable, "-m", "bench.publication", "--publish", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        files, size, *others = done.stdout.split()
        return Measured(points, int(files), int(size), *map(float, others))


def make_state(folder: Path, points: int) -> None:
    """Make a database of so many Linky whose curve and indexes are subscribed to daily."""
    database = Database(sqlite_url(folder / "sge-sim.db"))
    prepare(database)
    install_dataset(database, size=0, seed=SEED)
    linky = filter(is_linky, population(load_dataset(), size=10**8, seed=SEED))
    fiches = islice(linky, points)
    with database.transaction() as session:
        open_subscriptions(session)
        rang = 0
        while part := list(islice(fiches, _POINTS_AT_ONCE)):
            insert_points(session, iter(part))
            subscribe(session, [point["prm"] for point, _ in part], rang)
            rang += len(part)
    database.dispose()


def publish(folder: Path, url: str | None = None) -> tuple[int, int, float, float, float]:
    """Publish the day of a state, or of the database at `url`; return the files, their bytes, the
    seconds, the peak memory in MiB and the processor's seconds."""
    database = Database(url or sqlite_url(folder / "sge-sim.db"))
    journal = Journal.beside(database, folder)
    journal.prepare(Bounds(10_000, 10**8))
    publisher = Publisher(database, folder, journal.append, emits=True)
    started, cpu = stopwatch(), sum(os.times()[:4])
    publisher.catch_up(LEAVES + timedelta(hours=1))
    seconds, cpu = elapsed_ms(started) / 1000, sum(os.times()[:4]) - cpu
    with database.sessions() as session:
        files, size = session.execute(
            select(func.count(FichierFlux.id), func.sum(FichierFlux.taille))
        ).one()
    database.dispose()
    peaks = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(whose).ru_maxrss for whose in peaks) / 1024
    return files, size, seconds, peak, cpu


def tiers_of(session: Session) -> tuple[str, str]:
    """Return the code and the contract of the first tiers."""
    acteur, contrat = session.execute(
        select(Contrat.acteur_code, Contrat.contrat_id)
        .join(Acteur)
        .where(Acteur.kind == "tiers")
        .order_by(Contrat.contrat_id)
    ).first() or ("", "")
    return acteur, contrat


def is_linky(fiche: PointRows) -> bool:
    """Tell whether a point of the population is a C5 in service with a Linky."""
    point, compteur = fiche
    return (
        point["segment"] == "C5"
        and point.get("date_resiliation") is None
        and compteur is not None
        and compteur["tic_activable"] is not None
    )


def open_subscriptions(session: Session) -> None:
    """Open the subscriptions of the first tiers, for `subscribe`."""
    _, contrat = tiers_of(session)
    session.add_all(
        Abonnement(
            numero=numero,
            contrat_id=contrat,
            mesures_type=mesures_type,
            sens="SOUTIRAGE",
            periodicite="P1D",
        )
        for numero, mesures_type, _ in _SUBSCRIPTIONS
    )
    session.flush()


def subscribe(session: Session, prms: Sequence[str], rang: int) -> None:
    """Insert what two daily orders leave on each point, activated on `JOUR`: the first is the
    point `rang` of all."""
    acteur, contrat = tiers_of(session)
    affaires: list[dict[str, Any]] = []
    services: list[dict[str, Any]] = []
    collectes: list[dict[str, Any]] = []
    for prm in prms:
        for numero, mesures_type, pas in _SUBSCRIPTIONS:
            affaire = f"M{2 * rang + numero % 2:07X}"
            service = f"{70_000_000 + 2 * rang + numero % 2}"
            affaires.append(
                {
                    "affaire_id": affaire,
                    "prm": prm,
                    "acteur_code": acteur,
                    "contrat_id": contrat,
                    "login": "bench@example.fr",
                    "objet": "AME",
                    "fiche": "F300C",
                    "demande": mesures_type,
                    "etat": "realisee",
                    "opened_at": _ORDERED,
                    "closed_at": _ORDERED,
                }
            )
            services.append(
                {
                    "service_souscrit_id": service,
                    "type": "TRANSREC",
                    "etat": "ACTIF",
                    "prm": prm,
                    "acteur_code": acteur,
                    "contrat_id": contrat,
                    "affaire_id": affaire,
                    "mesures_type": mesures_type,
                    "sens": "SOUTIRAGE",
                    "pas": pas,
                    "periodicite": "P1D",
                    "abonnement_numero": numero,
                    "date_debut": JOUR,
                    "date_fin": date(2026, 6, 18),
                    "ordered_at": _ORDERED,
                    "activated_at": _ORDERED,
                }
            )
            if mesures_type == "CDC":
                collectes.append({"prm": prm, "debut": JOUR, "service_souscrit_id": service})
        rang += 1
    session.execute(insert(Affaire), affaires)
    session.execute(insert(ServiceSouscrit), services)
    session.execute(insert(Collecte), collectes)


def main() -> None:
    """Measure each number of points given, and print one line for each."""
    parser = parser_of("bench.publication", __doc__)
    parser.add_argument("points", nargs="+", type=int)
    for points in parser.parse_args().points:
        made = measure(points)
        print(
            f"{made.points:7d} points: {made.files} files, {made.size / 1e6:.1f} MB, "
            f"{made.seconds:.1f} s, {made.peak_mib:.0f} MiB at most, {made.cpu:.1f} s"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--publish"]:
        print(*publish(Path(sys.argv[2]), *sys.argv[3:]))
    else:
        main()

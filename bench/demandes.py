"""The largest demands of M023: two years of curves of 1 500 points, and the data of 10 000.

`python -m bench.demandes` prints the seconds, those of the processor and the peak memory of both,
`python -m bench.demandes R63 150` those of one, of fewer points. It fails where the largest take
more than their bounds.
"""

import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import func, insert, select

from bench.publication import SEED, is_linky, tiers_of
from bench.usage import parser_of
from sge_sim.clock import PARIS, add_months, elapsed_ms, stopwatch
from sge_sim.commandes.demandes import Emetteur, MesuresDemandees, order_m023
from sge_sim.domaine.jours_ouvres import AUSSITOT
from sge_sim.domaine.nomenclatures import CodeFlux
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.flux.flux import ParDemande
from sge_sim.flux.publication import Publisher
from sge_sim.flux.registry import codes_of
from sge_sim.journal import Bounds, Journal
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.dataset import load_dataset
from sge_sim.referentiel.population import population
from sge_sim.schema.data_folder import prepare
from sge_sim.tables.ecritures import read_numeros
from sge_sim.tables.flux import FichierFlux
from sge_sim.tables.mesures import Collecte
from sge_sim.tables.points import insert_points
from sge_sim.tables.prepared import Driver

LARGEST: Final[tuple[tuple[CodeFlux, int], ...]] = (("R63", 1500), ("C68", 10_000))
"""The most points that a demand may name (GUI 0502)."""

_TODAY = date(2025, 8, 1)
_MONTHS = 24
_BOUNDS = {"R63": (100, 250), "C68": (20, 250)}
"""Seconds of the processor and MiB that the largest demand takes at most."""


@dataclass(frozen=True)
class Measured:
    """What the files of a demand took: `processor` seconds of it in all, `peak_mib` at most."""

    flux: CodeFlux
    points: int
    files: int
    size: int
    seconds: float
    processor: float
    peak_mib: float

    @property
    def within_bounds(self) -> bool:
        """Whether it took no more than a demand may."""
        processor, mib = _BOUNDS[self.flux]
        return self.processor <= processor and self.peak_mib <= mib


def measure(flux: CodeFlux, points: int) -> Measured:
    """Have a demand of so many points answered, by a process of its own on a state made for it."""
    with tempfile.TemporaryDirectory() as folder:
        make_state(Path(folder), flux, points)
        command = [sys.executable, "-m", "bench.demandes", "--answer", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        files, size, seconds, processor, peak = map(float, done.stdout.split())
        return Measured(flux, points, int(files), int(size), seconds, processor, peak)


def make_state(folder: Path, flux: CodeFlux, points: int) -> None:
    """Make a database of so many Linky, their curve collected, and the demand of their files."""
    database = Database(sqlite_url(folder / "sge-sim.db"))
    prepare(database)
    install_dataset(database, size=0, seed=SEED)
    linky = filter(is_linky, population(load_dataset(), size=10**8, seed=SEED))
    fiches = list(islice(linky, points))
    prms = [point["prm"] for point, _ in fiches]
    debut = add_months(_TODAY, -_MONTHS)
    with database.transaction() as session:
        acteur, contrat = tiers_of(session)
        insert_points(session, iter(fiches))
        session.execute(insert(Collecte), [{"prm": prm, "debut": debut} for prm in prms])
        days = (None, None) if flux == "C68" else (debut, _TODAY)
        asked = MesuresDemandees(flux, "JSON", prms, "SOUTIRAGE", "ACCORD_CLIENT", *days)
        emetteur = Emetteur(acteur, contrat, "bench@example.fr", None)
        numeros = read_numeros(Driver.under(session))
        order_m023(session, numeros, emetteur, asked, _instant(), AUSSITOT)
    database.dispose()


def answer(folder: Path) -> tuple[int, int, float, float, float]:
    """Make the files; return how many, their bytes, the seconds, those of the processor, and the
    peak memory in MiB."""
    database = Database(sqlite_url(folder / "sge-sim.db"))
    journal = Journal.beside(database, folder)
    journal.prepare(Bounds(10_000, 10**8))
    publisher = Publisher(database, folder, journal.append, emits=True)
    started = stopwatch()
    publisher.catch_up(_instant() + timedelta(hours=1))
    seconds = elapsed_ms(started) / 1000
    with database.sessions() as session:
        files, size = session.execute(
            select(func.count(FichierFlux.id), func.sum(FichierFlux.taille))
        ).one()
    database.dispose()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return files, size, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _instant() -> datetime:
    return datetime(_TODAY.year, _TODAY.month, _TODAY.day, 10, tzinfo=PARIS)


def main() -> None:
    """Measure what is asked for, or the largest demands, which have bounds."""
    parser = parser_of("bench.demandes", __doc__)
    parser.add_argument("flux", nargs="?", choices=codes_of(ParDemande))
    parser.add_argument("points", nargs="?", type=int, default=150)
    given = parser.parse_args()
    asked = [(given.flux, given.points)] if given.flux else LARGEST
    measured = []
    for flux, points in asked:
        made = measure(flux, points)
        measured.append(made)
        print(
            f"{made.flux} of {made.points:6d} points: {made.files} files, "
            f"{made.size / 1e6:.1f} MB, {made.seconds:.1f} s, {made.processor:.1f} s of the "
            f"processor, {made.peak_mib:.0f} MiB at most",
            flush=True,
        )
    if asked is LARGEST and not all(made.within_bounds for made in measured):
        sys.exit(f"Beyond {_BOUNDS}.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--answer"]:
        print(*answer(Path(sys.argv[2])))
    else:
        main()

"""Nothing is said of what a year publishes of points of every kind, whatever happens to them.

`make test-annee`: 300 points, in each profile. `SGE_SIM_ANNEE_POINTS` makes fewer.
"""

import gc
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from everything_kit import order_all, segments_of, subscribe_all
from flux_kit import JOUR
from made_states import copy_state
from publication_kit import Platform, at, open_platform
from r6x_kit import replace_compteur
from sqlalchemy import select

from sge_sim.clock import add_months
from sge_sim.flux.publication import Publisher
from sge_sim.flux.validation import Validation
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.flux import FichierFlux

pytestmark = pytest.mark.annee
DEBUT = date(2025, 1, 1)
POINTS = int(os.environ.get("SGE_SIM_ANNEE_POINTS", "300"))
PARTS = {"C5": 246, "P4": 33, "C4": 10, "C3": 3, "C2": 3, "C1": 1, "P3": 2, "P2": 1, "P1": 1}
"""How many points of each segment are among 300."""
DEMANDES = 12
"""A demand of 300 points would lead to files beyond what is read whole."""


class Faithful(Platform):
    """A platform whose days come late, and that loses measures."""

    @property
    def publisher(self) -> Publisher:
        return replace(super().publisher, pertes=self.late)


def live(platform: Platform, prms: list[str]) -> None:
    """Have meters replaced and services end through the year."""
    for rang, prm in enumerate(prms[::7]):
        jour = add_months(DEBUT, rang % 12) + (3 + rang % 23) * JOUR
        with platform.database.transaction() as session:
            replace_compteur(session, prm, jour)
    for mois in range(2, 12):
        jour = add_months(DEBUT, mois)
        platform.catch_up(at(jour))
        with platform.database.sessions() as session:
            query = select(ServiceSouscrit.service_souscrit_id).where(
                ServiceSouscrit.etat == "ACTIF"
            )
            service = session.scalars(query.offset(7 * mois).limit(1)).first()
        if service is not None:
            platform.stop(service, at(jour))


def said_of(platform: Platform) -> Iterator[str]:
    """What is said of each file, then of all: sentences."""
    validation = Validation()
    gc.disable()  # as the command does
    with platform.database.sessions() as session:
        for nom, chemin in session.execute(
            select(FichierFlux.nom, FichierFlux.chemin).order_by(FichierFlux.id)
        ):
            for verdict in validation.judge(nom, (platform.data_dir / chemin).read_bytes()):
                yield from (f"{nom} : {each}" for each in (*verdict.ecarts, *verdict.remarques))
    yield from validation.together()
    print(f"{len(validation.fichiers)} documents")


@pytest.mark.assumed("a simulator's own files have nothing to be said of, in either profile")
@pytest.mark.parametrize("late", [False, True], ids=["nominal", "fidele"])
def test_nothing_is_said_of_a_year(tmp_path: Path, late: bool) -> None:
    began = time.perf_counter()
    copy_state(tmp_path, {})
    opened = open_platform(tmp_path)
    platform = Faithful(opened.database, tmp_path, late=late)
    parts = {segment: -(-many * POINTS // 300) for segment, many in PARTS.items()}
    segments = segments_of(platform, parts=parts)
    prms = list(segments)
    daily = {prm: segments[prm] for prm in prms[::2]}
    subscribe_all(platform, daily, daily=True, debut=DEBUT)
    slow = {prm: segments[prm] for prm in prms[1::2]}
    subscribe_all(platform, slow, daily=False, debut=DEBUT)
    live(platform, prms)
    fin = add_months(DEBUT, 12)
    platform.catch_up(at(fin))
    for rang in range(DEMANDES):
        some = {prm: segments[prm] for prm in prms[rang::DEMANDES]}
        order_all(platform, some, DEBUT, fin, unknown="99999999999999")
    made = time.perf_counter()
    said = list(islice(said_of(platform), 200))
    spent = f"made in {made - began:.0f} s, read in {time.perf_counter() - made:.0f} s"
    print(f"{len(segments)} points: {spent}")
    print(*said, sep="\n")
    assert said == []

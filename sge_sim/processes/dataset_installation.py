"""Puts a data set into an empty database, once.

It is done in short transactions. What comes last makes it a data set that is installed: until then
nobody can do anything with it, and a start that was stopped before begins again.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final

from sge_sim.commandes.evenements import record_opposition
from sge_sim.facts.database import Database
from sge_sim.referentiel.acteurs import rows_of_acteur
from sge_sim.referentiel.apports.lignes import rows_of_mesures
from sge_sim.referentiel.dataset import Dataset, PointNomme, PointRows, load_dataset, named_rows
from sge_sim.referentiel.identites import communes_de_france
from sge_sim.referentiel.population import population
from sge_sim.referentiel.reforme_hc import evenement_de
from sge_sim.tables.acteurs import Acteur
from sge_sim.tables.apports import is_installed, remove_acteurs_and_communes, remove_points
from sge_sim.tables.base import Base
from sge_sim.tables.commandes import Evenement
from sge_sim.tables.ecritures import insert_rows
from sge_sim.tables.points import (
    Commune,
    Point,
    insert_points,
    opposed_points,
)

_SLICE: Final = 500
"""How many points one transaction inserts."""


def install_dataset(
    database: Database,
    *,
    size: int,
    seed: int,
    reforme: bool = False,
    partout: bool = False,
) -> int | None:
    """Install the data set with a population of `size` points, unless one is there already.

    With `partout`, the population is in the communes of the whole country. With `reforme`, what the
    reform of off-peak hours makes happen to the population is planned.

    Several processes may call at once. Returns how many points were inserted, nothing when the
    database was not empty. Raises `UsageError` when the data set holds a mistake or `size` is
    too small.
    """
    if _installed(database):
        return None
    dataset = load_dataset()
    points = population(dataset, size=size, seed=seed, reforme=reforme, partout=partout)
    with database.alone():
        if _installed(database):
            return None
        _remove_what_was_begun(database)
        with database.transaction() as session:
            session.add_all(
                Acteur(code=each.code, nom=each.nom, kind=each.kind, par_defaut=each.par_defaut)
                for each in dataset.acteurs
            )
            session.add_all(
                Commune(**each.model_dump(exclude={"heures_creuses"}))
                for each in dataset.communes.values()
            )
            if partout:
                session.flush()
                insert_rows(session, Commune, list(_other_communes(dataset)))
        inserted = 0
        rows = chain(named_rows(dataset, seed), points)
        while part := list(islice(rows, _SLICE)):
            with database.transaction() as session:
                inserted += insert_points(session, part)
                insert_rows(session, Evenement, list(_reforme(part)))
        with database.transaction() as session:
            for named in dataset.points:
                session.add_all(_mesures(named))
        _record_oppositions(database)
        with database.transaction() as session:
            for entry in dataset.acteurs:
                session.add_all(rows_of_acteur(entry))
        return inserted


def _other_communes(dataset: Dataset) -> Iterator[dict[str, str | None]]:
    known = {(entry.code_postal, entry.code_insee) for entry in dataset.communes.values()}
    for (postal, insee), libelle in communes_de_france().items():
        if (postal, insee) not in known:
            yield {
                "code_postal": postal,
                "code_insee": insee,
                "libelle": libelle,
                "apport_id": None,
            }


def _installed(database: Database) -> bool:
    with database.sessions() as session:
        return is_installed(session)


def _remove_what_was_begun(database: Database) -> None:
    some_left = True
    while some_left:
        with database.transaction() as session:
            some_left = remove_points(session, _SLICE)
    with database.transaction() as session:
        remove_acteurs_and_communes(session)


def _record_oppositions(database: Database) -> None:
    with database.sessions() as session:
        opposed = iter([point.prm for point in opposed_points(session)])
    while part := list(islice(opposed, _SLICE)):
        with database.transaction() as session:
            for prm in part:
                record_opposition(session, session.get_one(Point, prm))


def _reforme(rows: Iterable[PointRows]) -> Iterator[dict[str, Any]]:
    """Yield the events of the reform, as rows."""
    for point, _ in rows:
        planned = evenement_de(point)
        if planned is not None:
            type_evenement, instant = planned
            yield {
                "prm": point["prm"],
                "type": type_evenement,
                "instant": instant,
                "delai_s": 0,
                "echeance": instant,
            }


def _mesures(named: PointNomme) -> Iterator[Base]:
    """Yield the rows that the measures of a named point need."""
    mesures, compteur = named.profil.mesures, named.profil.compteur
    if mesures is not None:
        for table, row in rows_of_mesures(named.prm, dict(mesures), compteur or {}):
            yield table(**row)

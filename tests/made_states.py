"""States of a simulator as a first start makes them, made once and copied for each test."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from made_once import made_once
from sqlalchemy import URL
from sqlalchemy.orm import Session

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.processes.simulator import open_simulator
from sge_sim.schema.data_folder import prepare
from sge_sim.settings import ReformeHc, Settings

_OF_ITS_OWN = {
    "authorities_dir",
    "authorities_file",
    "database_url",
    "population_seed",
    "reforme_hc",
    "communes",
    "server_name",
}
"""Settings that make another state at a first start than copies have."""


def copy_state(data_dir: Path, settings: dict[str, Any]) -> None:
    """Put into `data_dir` the state that a first start with these settings would make.

    The reform of off-peak hours isn't in it, unless a test asks for it.

    It is left as it is where there is a state already, or where a copy wouldn't do.
    """
    if not (data_dir / "sge-sim.db").exists() and _OF_ITS_OWN.isdisjoint(settings):
        size = settings.get("population_size")
        made = made_once(f"state-{size}", lambda: _made(size))
        shutil.copytree(made, data_dir, dirs_exist_ok=True)


@contextmanager
def opened(url: str | URL, **options: Any) -> Iterator[Database]:
    """Open a database for the block."""
    database = Database(url, **options)
    try:
        yield database
    finally:
        database.dispose()


def prepared_database(path: Path) -> Database:
    """Return a database whose tables are made, without a row of data."""
    shutil.copy2(_prepared(), path)
    return Database(sqlite_url(path))


def filled_database(path: Path, fill: Callable[[Session], None]) -> Database:
    """Return a database that `fill` filled, once for all its copies."""
    shutil.copy2(_filled(fill), path)
    return Database(sqlite_url(path))


def settings_of(options: tuple[str, ...]) -> dict[str, Any]:
    """Return the settings of a first start's state that options of `serve` give."""
    given: dict[str, Any] = {}
    for option, value in pairwise((*options, "")):
        name = option.removeprefix("--").replace("-", "_")
        if name == "population_size":
            given[name] = int(value)
        elif name in _OF_ITS_OWN:
            given[name] = value
    return given


def _made(population_size: int | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="state"))
    settings = Settings(data_dir=folder, reforme_hc=ReformeHc.JAMAIS)
    if population_size is not None:
        settings = replace(settings, population_size=population_size)
    open_simulator(settings).close()
    return folder


@cache
def _filled(fill: Callable[[Session], None]) -> Path:
    path = Path(tempfile.mkdtemp(prefix="filled")) / "sge-sim.db"
    database = prepared_database(path)
    with database.transaction() as session:
        fill(session)
    database.dispose()
    return path


@cache
def _prepared() -> Path:
    path = Path(tempfile.mkdtemp(prefix="prepared")) / "sge-sim.db"
    database = Database(sqlite_url(path))
    prepare(database)
    database.dispose()
    return path

"""The arrays that measures are computed in, and written from; the tables that all points share."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from sge_sim import clock
from sge_sim.domaine import jours_ouvres
from sge_sim.machine.mapped import digest_of, read_mapped
from sge_sim.machine.once import computed_once

Entiers = NDArray[np.int64]
Masque = NDArray[np.bool_]
Octets = NDArray[np.uint8]
EntiersCourts = NDArray[np.int32] | NDArray[np.int16]

AUCUN: Entiers = np.zeros(0, np.int64)
AUCUNE: Masque = np.zeros(0, np.bool_)
"""What is joined where there is nothing to join."""

P = ParamSpec("P")
T = TypeVar("T")
TABLES_FILE: Final = Path(__file__).with_name("__pycache__") / "communs.tables"
"""Where they are kept, as bytecode is: made again when the program or legal time changes."""


def join_columns(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return columns one after the other; the rows that some lack are zeros there."""
    if len(parts) == 1:
        return parts[0]
    bords = [0, *accumulate(part.shape[1] for part in parts)]
    whole = np.zeros((max(map(len, parts)), bords[-1]), parts[0].dtype)
    for part, debut in zip(parts, bords, strict=False):
        whole[: len(part), debut : debut + part.shape[1]] = part
    return whole


@computed_once()
def read_facts(name: str) -> Any:
    """Return what tables are made of, from the YAML of this name beside."""
    from sge_sim.machine.yaml_files import parse_yaml

    return parse_yaml(Path(__file__).with_name(f"{name}.yaml"))


def common_table(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function returns, as `computed_once` does; it isn't called for what is mapped."""

    @computed_once()
    @wraps(function)
    def found_or_made(*args: P.args, **kwargs: P.kwargs) -> T:
        found: T | None = mapped_tables().get((function.__name__, *args))
        return function(*args, **kwargs) if found is None else found

    return found_or_made


@computed_once(1)
def mapped_tables() -> Mapping[tuple[Any, ...], Any]:
    """Return the tables of the file, by the name of what makes them and its arguments."""
    return read_mapped(TABLES_FILE, tables_key()) or {}


def tables_key() -> str:
    """Return what the tables follow from, as a digest: the code and the facts that make them,
    numpy, legal time."""
    beside = (each for kind in ("*.py*", "*.yaml") for each in Path(__file__).parent.glob(kind))
    sources = *beside, Path(clock.__file__), Path(jours_ouvres.__file__)
    weeks = range(clock.PREMIER_JOUR.toordinal(), clock.FIN_DES_JOURS.toordinal(), 7)
    offsets = [clock.start_of_day(date.fromordinal(week)).utcoffset() for week in weeks]
    return digest_of(sources, repr((np.__version__, offsets)))

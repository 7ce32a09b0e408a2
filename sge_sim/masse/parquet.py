"""What files of C5 points say, as a Parquet table: read in the files themselves.

A row is a value: `prm`, `horodate` (an instant, UTC), `valeur`, `unite`, `grandeur`, and of an
index its `grille` (D, F or T) and its `classe`. The columns are the same whatever the flux. The
stamp is that of the file: the end of the step of a load curve, the midnight that begins the day of
a R151. A value that was lost is missing where the file says so. Of an hour that comes twice a stamp
without offset is that of summer first, then that of winter.

Wants pyarrow, which nothing else does.
"""

import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

from lxml import etree

from sge_sim.clock import PARIS, start_of_day
from sge_sim.flux.r6x.tableau import rows_of
from sge_sim.machine.documents import parse_xml, zip_members
from sge_sim.machine.once import computed_once

COLONNES: Final = ("prm", "horodate", "valeur", "unite", "grandeur", "grille", "classe")
_TITRES: Final = (
    ("Identifiant PRM",),
    ("Horodate",),
    ("Valeur",),
    ("Unité", "Unite"),
    ("Grandeur physique",),
    ("Grille",),
    ("Identifiant classe temporelle",),
)
"""The headings of `COLONNES` in the table of an R6x."""
_GRILLES: Final = MappingProxyType(
    {"Classe_Temporelle_Distributeur": "D", "Classe_Temporelle": "F"}
)

Row = tuple[Any, ...]


def parquet_of(archives: Iterable[bytes]) -> bytes:
    """Return a Parquet file of the values that some archives of a flux say, in their order."""
    import pyarrow
    from pyarrow.parquet import write_table

    schema = pyarrow.schema(
        [
            pyarrow.field("prm", pyarrow.string(), nullable=False),
            pyarrow.field("horodate", pyarrow.timestamp("ms", tz="UTC"), nullable=False),
            pyarrow.field("valeur", pyarrow.int64()),
            pyarrow.field("unite", pyarrow.string(), nullable=False),
            pyarrow.field("grandeur", pyarrow.string(), nullable=False),
            pyarrow.field("grille", pyarrow.string()),
            pyarrow.field("classe", pyarrow.string()),
        ]
    )
    tables = [_table(pyarrow, schema, _rows(archive)) for archive in archives]
    out = io.BytesIO()
    write_table(pyarrow.concat_tables(tables), out)
    return out.getvalue()


def _table(pyarrow: Any, schema: Any, rows: Iterator[Row]) -> Any:
    columns = tuple(zip(*rows, strict=True)) or ((),) * len(COLONNES)
    return pyarrow.table(
        [pyarrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _rows(archive: bytes) -> Iterator[Row]:
    for _, read in zip_members(archive):
        content = read()
        yield from (_of_xml if content.startswith(b"<") else _of_json)(content)


def _of_xml(content: bytes) -> Iterator[Row]:
    """Yield the values of an R50, a curve, or of an R151, indexes and maximum powers."""
    for prm, releve in _releves(content):
        for point in releve.iterfind("PDC"):
            horodate, valeur = point.findtext("H"), point.findtext("V")
            yield prm, _instant(horodate), valeur and int(valeur), "W", "PA", None, None
        horodate = start_of_day(date.fromisoformat(releve.findtext("Date_Releve") or ""))
        for lu in releve:
            valeur = lu.findtext("Valeur")
            if valeur is None:
                continue
            grille, classe = _GRILLES.get(lu.tag), lu.findtext("Id_Classe_Temporelle")
            about = ("VA", "PMA") if grille is None else ("Wh", "EA")
            yield prm, horodate, int(valeur), *about, grille, classe


def _releves(content: bytes) -> Iterator[tuple[str, etree._Element]]:
    for point in parse_xml(content).iterfind("PRM"):
        prm = point.findtext("Id_PRM")
        for releve in point.iterfind("Donnees_Releve"):
            yield prm, releve


def _of_json(content: bytes) -> Iterator[Row]:
    rows = rows_of(json.loads(content))
    titres = list(next(rows))
    places = [next((titres.index(t) for t in known if t in titres), None) for known in _TITRES]
    seen: set[Row] = set()
    for row in rows:
        values: list[Any] = [None if place is None else row[place] for place in places]
        prm, horodate, valeur, *rest = values
        instant, again = _instants(horodate)
        if instant != again:
            value = (prm, horodate, *rest)
            instant = again if value in seen else instant
            seen.add(value)
        yield prm, instant, int(valeur), *rest


@computed_once(4096)
def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@computed_once(4096)
def _instants(text: str) -> tuple[datetime, datetime]:
    """Return what a legal time without offset may be, of the first hour and of the second where it
    comes twice."""
    legal = datetime.fromisoformat(text).replace(tzinfo=PARIS)
    first, second = (legal.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second

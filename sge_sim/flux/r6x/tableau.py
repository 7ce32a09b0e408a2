"""The CSV that the portal gives of a demand instead of JSON (GUI 0503, GUI 0504 §4).

It is made from the archive when it is asked for, point by point: a curve of two years, read whole,
would take gigabytes. Semicolons, LF, one line of headings; what is missing is the text `null`
(pictures of the guides of companies' accounts). Headings have the accents that each kind has
(observed of R63; pictures).
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import islice
from shutil import copyfileobj
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sge_sim.errors import UsageError
from sge_sim.flux.lecteur import FormeFlux, VueDuFlux, at_path, children, form_of, formes
from sge_sim.machine import monde
from sge_sim.machine.once import computed_once

_MESURES: Final = '"mesures":['
_PIECE: Final = 1 << 20
_VIDE: Final = "null"

CsvRows = Iterator[Sequence[Any]]


def portal_archive(archive: IO[bytes]) -> IO[bytes]:
    """Return an archive that has CSV files where one of ours has JSON, under the same names.

    It is an open file without a name, to be read from its beginning.
    """
    made = monde.nameless_file()  # closed by who reads it
    with ZipFile(archive) as given, ZipFile(made, "w") as written:
        for member in given.infolist():
            with given.open(member) as content:
                if member.filename.endswith(".zip"):
                    info = _like(member, member.filename, ZIP_STORED)
                    with portal_archive(content) as inner, written.open(info, "w") as out:
                        copyfileobj(inner, out)
                    continue
                nom = f"{member.filename.rpartition('.')[0]}.csv"
                info = _like(member, nom, ZIP_DEFLATED)
                with (
                    written.open(info, "w", force_zip64=True) as out,
                    io.TextIOWrapper(content, "utf-8") as text,
                    io.TextIOWrapper(out, "utf-8", newline="") as rows,
                ):
                    write_csv(read_points(text), rows)
    made.seek(0)
    return made


def read_points(text: IO[str]) -> Iterator[Any]:
    """Yield a document that we wrote point by point: each time the whole of it, with one point."""
    held = text.read(_PIECE)
    if held.startswith("["):
        head, held = None, held[1:]
    else:
        before, found, held = held.partition(_MESURES)
        if not found:
            yield json.loads(before + text.read())
            return
        head = json.loads(f"{before}{_MESURES}]}}")
    decoder = json.JSONDecoder()
    while not held.startswith("]"):
        try:
            point, end = decoder.raw_decode(held)
        except ValueError:
            # A point may be of any length: what is held doubles until it is whole.
            more = text.read(len(held) + _PIECE)
            if not more:
                raise
            held += more
            continue
        yield [point] if head is None else {**head, "mesures": [point]}
        held = (held[end:] or text.read(_PIECE)).removeprefix(",") or text.read(_PIECE)


def _like(member: ZipInfo, nom: str, compression: int) -> ZipInfo:
    info = ZipInfo(nom, member.date_time)
    info.create_system, info.external_attr = member.create_system, member.external_attr
    info.compress_type = compression
    return info


def write_csv(trees: Iterable[Any], out: Any) -> None:
    """Write a file to an open text, as the portal writes it: `trees` are its parts, of one kind,
    whose headings are written once."""
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for rang, tree in enumerate(trees):
        for row in islice(rows_of(tree), min(rang, 1), None):
            writer.writerow([_cell(value) for value in row])


def rows_of(tree: Any) -> CsvRows:
    """Yield the headings, then the rows; raises `UsageError` for what is no such file."""
    forme = form_of("json", tree)
    table = next((each for each in formes() if forme and each.nom == f"{forme.nom} en CSV"), None)
    mistakes = forme.mistakes(tree) if forme and table else ["autre chose"]
    if forme is None or table is None or mistakes:
        raise UsageError(
            "Ce document n'est ni un R63 à R67, ni un C68, ni un CR.M023 : sge-sim flux validate "
            f"dit en quoi ({mistakes[0]})."
        )
    if isinstance(tree, list):
        return _c68(tree)
    return _report(tree) if "synthese" in tree else _mesures(forme, table, tree)


def _cell(value: Any) -> Any:
    if value is None:
        return _VIDE
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _mesures(forme: FormeFlux, table: FormeFlux, tree: Any) -> CsvRows:
    """Yield the headings of a table, then a row of each value: its columns have the names of the
    fields in `contenu.yaml`."""
    columns = table.declaree["series"][0]["niveaux"][0]["lignes"]
    yield tuple(columns.values())
    vues = [VueDuFlux(each) for each in forme.declaree["series"]]
    for mesure, lieu in children(tree, "mesures", ""):
        for vue in vues:
            for _, above, said in vue.rows(mesure, lieu, vue.declared["fixe"]):
                cells = {**above, **said}
                for name in table.declaree.get("initiales", ()):
                    cells[name] = cells[name][:1]
                yield [cells.get(name) for name in columns]


def _report(tree: Any) -> CsvRows:
    """Yield the points of a report: its CSV isn't known, these columns are ours (assumed)."""
    yield ("Identifiant PRM", "Recevabilité", "Publication", "Motif", "Fichier")
    names = {fichier["cleFichier"]: fichier["nomFichier"] for fichier in tree["fichiersPublies"]}
    for point in tree["prmDemandes"]:
        columns = [point[n] for n in ("idPrm", "recevabilite", "publication")]
        yield [*columns, point.get("motif"), names.get(point.get("cleFichier"))]


def _c68(tree: Any) -> CsvRows:
    columns = c68_columns()
    yield [titre for titre, _ in columns]
    for point in tree:
        yield [_found(point, path.replace(".", "/")) for _, path in columns]


@computed_once()
def c68_columns() -> tuple[tuple[str, str], ...]:
    """Return the label of each column of a C68, and the path of its field (GUI 0504 §4)."""
    text = files("sge_sim.flux.r6x").joinpath("schemas/c68_colonnes.csv").read_text("utf-8")
    pairs = (line.split(";") for line in text.splitlines())
    return tuple((titre, path) for titre, path in pairs)


def _found(tree: Any, path: str) -> Any:
    """Return a field, a value with its unit."""
    found = at_path(tree, path)
    return " ".join(map(str, _leaves(found))) if isinstance(found, Mapping) else found


def _leaves(tree: Mapping[str, Any]) -> Iterator[Any]:
    for value in tree.values():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        else:
            yield value

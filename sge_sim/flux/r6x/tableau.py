"""The CSV that the portal gives of a demand instead of JSON (GUI 0503, GUI 0504 §4).

It is made from the archive when it is asked for, point by point: a curve of two years, read whole,
would take gigabytes. Semicolons, LF, one line of headings; what is missing is the text `null`
(pictures of the guides of companies' accounts). Headings have the accents that each kind has
(observed of R63; pictures).
"""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from itertools import islice
from shutil import copyfileobj
from types import MappingProxyType
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sge_sim.domaine.nomenclatures import CodeFlux
from sge_sim.errors import UsageError
from sge_sim.machine.once import computed_once

POINTS_EN_CSV: Final[Mapping[CodeFlux, int]] = MappingProxyType(
    {"R63": 100, "R64": 100, "R65": 1000, "R66": 1000, "R67": 1000, "C68": 1000}
)
"""The points of a demand in CSV, at most (GUI 0502; R67 and C68 assumed)."""

_MESURES: Final = '"mesures":['
_PIECE: Final = 1 << 20
_VIDE: Final = "null"
_PERIODE: Final = ("Identifiant PRM", "Date de début", "Date de fin", "Grandeur physique")
_SERIE: Final = (*_PERIODE, "Grandeur métier", "Etape métier", "Unité")
_VALEUR: Final = (*_SERIE, "Horodate", "Valeur")

CsvRows = Iterator[Sequence[Any]]


def points_in_csv(flux: CodeFlux, prms: str) -> int | None:
    """Return how many points a demand in CSV may name, where this one names more."""
    most = POINTS_EN_CSV[flux]
    return most if len(prms.split()) > most else None


def portal_archive(archive: IO[bytes]) -> IO[bytes]:
    """Return an archive that has CSV files where one of ours has JSON, under the same names.

    It is an open file without a name, to be read from its beginning.
    """
    made = tempfile.TemporaryFile()  # noqa: SIM115 - closed by who reads it
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
    if isinstance(tree, list) and tree and all(isinstance(point, Mapping) for point in tree):
        return _c68(tree)
    if isinstance(tree, dict) and "synthese" in tree:
        return _report(tree)
    flux = tree.get("header", {}).get("codeFlux", "")[:3] if isinstance(tree, dict) else ""
    if flux not in _TABLES:
        raise UsageError("Ce document n'est ni un R63 à R67, ni un C68, ni un CR.M023.")
    return _TABLES[flux](tree)


def _cell(value: Any) -> Any:
    if value is None:
        return _VIDE
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _about(mesure: Mapping[str, Any], grandeur: Mapping[str, Any], etape: str) -> list[Any]:
    periode = mesure["periode"]
    return [
        mesure["idPrm"],
        periode["dateDebut"],
        periode["dateFin"],
        grandeur["grandeurPhysique"],
        grandeur["grandeurMetier"],
        etape,
        grandeur["unite"],
    ]


def _points(tree: Any) -> Iterator[tuple[Mapping[str, Any], list[Any], Mapping[str, Any]]]:
    for mesure in tree["mesures"]:
        for grandeur in mesure["grandeur"]:
            about = _about(mesure, grandeur, mesure["etapeMetier"])
            for point in grandeur["points"]:
                yield mesure, about, point


def _of_points(
    titres: Sequence[str], of_mesure: Sequence[str], of_point: Sequence[str], tree: Any
) -> CsvRows:
    """Yield the headings, then each point: what its series says, its measure and itself."""
    yield titres
    for mesure, about, point in _points(tree):
        names = (mesure[name] for name in of_mesure)
        yield [*about, *names, *(point.get(name) for name in of_point)]


def _r64(tree: Any) -> CsvRows:
    yield (
        *(*_PERIODE, "Grandeur metier", "Etape metier", "Unite", "Horodate"),
        *("Contexte de relève", "Type de releve", "Motif de relève", "Grille"),
        *("Identifiant calendrier", "Libellé calendrier", "Identifiant classe temporelle"),
        *("Libellé classe temporelle", "Cadran", "Valeur", "Indice de vraisemblance"),
    )
    for mesure in tree["mesures"]:
        for contexte in mesure["contexte"]:
            releve = [contexte.get(n) for n in ("contexteReleve", "typeReleve", "motifReleve")]
            for grandeur in contexte["grandeur"]:
                about = _about(mesure, grandeur, contexte["etapeMetier"])
                for place, registre in _registers(grandeur):
                    for lu in registre["valeur"]:
                        end = [registre.get("codeCadran"), lu["v"], lu["iv"]]
                        yield [*about, lu["d"], *releve, *place, *end]


def _registers(grandeur: Mapping[str, Any]) -> Iterator[tuple[list[Any], Mapping[str, Any]]]:
    for calendrier in grandeur.get("calendrier", ()):
        place = [
            calendrier["libelleGrille"][:1],
            calendrier["idCalendrier"],
            calendrier["libelleCalendrier"],
        ]
        for classe in calendrier["classeTemporelle"]:
            names = [classe.get("idClasseTemporelle"), classe.get("libelleClasseTemporelle")]
            yield [*place, *names], classe
    if "cadranTotalisateur" in grandeur:
        yield ["T", None, None, None, None], grandeur["cadranTotalisateur"]


def _r67(tree: Any) -> CsvRows:
    yield (
        *(*_SERIE, "Horodate de création", "Début de la mesure", "Fin de la mesure"),
        *("Identifiant motif de relève", "Libellé motif de relève", "Libellé grille"),
        *("Libellé calendrier", "Identifiant classe temporelle", "Libellé classe temporelle"),
        *("Libellé nature", "Libellé statut", "Quantité"),
    )
    for mesure in tree["mesures"]:
        for contexte in mesure["contexte"]:
            motif = [contexte["idMotifReleve"], contexte["libelleMotifReleve"]]
            for grandeur in contexte["grandeur"]:
                about = _about(mesure, grandeur, contexte["etapeMetier"])
                for calendrier in grandeur["calendrier"]:
                    grille = [calendrier["libelleGrille"], calendrier.get("libelleCalendrier")]
                    for classe in calendrier["classeTemporelle"]:
                        names = [classe["idClasseTemporelle"], classe["libelleClasseTemporelle"]]
                        for quantite in classe["quantite"]:
                            yield [
                                *about,
                                *(quantite[n] for n in ("dateCreation", "dbtMesure", "finMesure")),
                                *(*motif, *grille, *names),
                                *(
                                    quantite[n]
                                    for n in ("libelleNature", "libelleStatut", "quantite")
                                ),
                            ]


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
        yield [_found(point, path.split(".")) for _, path in columns]


@computed_once()
def c68_columns() -> tuple[tuple[str, str], ...]:
    """Return the label of each column of a C68, and the path of its field (GUI 0504 §4)."""
    text = files("sge_sim.flux.r6x").joinpath("schemas/c68_colonnes.csv").read_text("utf-8")
    pairs = (line.split(";") for line in text.splitlines())
    return tuple((titre, path) for titre, path in pairs)


def _found(tree: Any, path: Sequence[str]) -> Any:
    """Return a field; the first of a list unless its rank is in the path, a value with its unit."""
    for name in path:
        if isinstance(tree, list) and not name.isdigit():
            tree = tree[0] if tree else None
        if isinstance(tree, list):
            tree = tree[int(name)] if int(name) < len(tree) else None
        else:
            tree = tree.get(name) if isinstance(tree, Mapping) else None
        if tree is None:
            return None
    if isinstance(tree, Mapping):
        return " ".join(str(leaf) for leaf in _leaves(tree))
    return tree


def _leaves(tree: Mapping[str, Any]) -> Iterator[Any]:
    for value in tree.values():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        else:
            yield value


_TABLES: Final[Mapping[str, Callable[[Any], CsvRows]]] = {
    "R63": partial(
        _of_points,
        (*_VALEUR, "Nature", "Pas", "Indice de vraisemblance", "Etat complémentaire"),
        (),
        ("d", "v", "n", "p", "iv", "ec"),
    ),
    "R64": _r64,
    "R65": partial(
        _of_points,
        (*_SERIE, "Mode de calcul", "Pas", "Date", "Valeur"),
        ("modeCalcul", "pas"),
        ("d", "v"),
    ),
    "R66": partial(_of_points, (*_SERIE, "Pas", "Horodate", "Valeur"), ("pas",), ("d", "v")),
    "R67": _r67,
}

"""Opens files that anybody made: archives, then documents, each within bounds.

No entity is expanded, nothing is written, and a member is read once its size is known.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from lxml import etree

from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.documents import parse_json, parse_xml, zip_members

OCTETS_AU_PLUS: Final = 512 * 2**20
"""The bytes of a file that is read whole, zipped or not, and of all that an archive holds."""
_MEMBRES_AU_PLUS: Final = 20_000
_ZIP: Final = b"PK"
_BOM: Final = b"\xef\xbb\xbf"
_EXCERPT: Final = 80
_MOST_MISTAKES: Final = 20
_XSD_IN_FRENCH: Final = {
    "SCHEMAV_ELEMENT_CONTENT": "élément manquant, en trop ou mal placé",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "attribut manquant",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "attribut qui n'y a pas sa place",
    "SCHEMAV_CVC_ENUMERATION_VALID": "valeur qui n'est pas prévue",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "valeur qui n'est pas du type attendu",
    "SCHEMAV_CVC_PATTERN_VALID": "valeur qui n'a pas la forme attendue",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "valeur trop longue",
}


class MembreLu(NamedTuple):
    """A document: the names under which it was found, from the file's to its own, and its bytes;
    `rangs`: how many documents stand beside it in its archive."""

    noms: tuple[str, ...]
    content: bytes
    voisins: int = 1


def read_members(nom: str, content: bytes, *, depth: int = 2) -> Iterator[MembreLu]:
    """Yield the documents of a file: itself, or what its archives hold.

    Raises `UsageError` for an archive that is damaged or without any file, an archive in an archive
    in an archive, and what takes more than 512 MiB in all.
    """
    yield from _members((nom,), content, depth, [OCTETS_AU_PLUS])


def _members(
    noms: tuple[str, ...], content: bytes, depth: int, left: list[int]
) -> Iterator[MembreLu]:
    if content[:2] != _ZIP:
        yield MembreLu(noms, content)
        return
    try:
        members = [each for each in zip_members(content) if not each[0].is_dir()]
        if members and (depth == 0 or len(members) > _MEMBRES_AU_PLUS):
            raise UsageError(f"{noms[-1]} n'est pas une archive de flux : trop de contenu.")
        for info, read in members:
            left[0] -= info.file_size
            if left[0] < 0:
                raise UsageError(f"{noms[-1]} : {info.filename} dépasse 512 Mio.")
            for found in _members((*noms, info.filename), read(), depth - 1, left):
                yield found._replace(voisins=len(members))
    except ValueError as error:
        raise UsageError(f"{noms[-1]} est une archive abîmée ({error}).") from None
    if not members:
        raise UsageError(f"{noms[-1]} est une archive qui ne contient aucun fichier.")


class Repetitions(list[str]):
    """The keys that an object of a JSON document has more than once, as they are met."""

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return an object, and note its keys that come again."""
        tree = dict(pairs)
        if len(tree) < len(pairs):
            names = [name for name, _ in pairs]
            again = sorted({name for name in names if names.count(name) > 1})
            self.append(f"{', '.join(again)} parmi {', '.join(tree)}"[:_EXCERPT])
        return tree


def read_document(nom: str, content: bytes, again: Repetitions) -> tuple[str, str, Any]:
    """Return what a document is (xml, json, csv), its text and its root: an element, a tree, or the
    rows of a table.

    Raises `UsageError` for what isn't UTF-8, or none of the three.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{nom} n'est ni une archive zip ni de l'UTF-8 (octet {error.start}) : le déchiffrer "
            "d'abord par sge-sim flux decrypt, s'il est chiffré."
        ) from None
    kind = "xml" if text.startswith("<") else "csv" if _is_csv(text) else "json"
    try:
        match kind:
            case "xml":
                root = parse_xml(content.removeprefix(_BOM))
                declared = root.getroottree().docinfo.encoding or "UTF-8"
                if declared.upper() != "UTF-8":
                    raise ValueError(f"il se dit codé en {declared}")
                return kind, text, root
            case "csv":
                return kind, text, list(csv.reader(io.StringIO(text, ""), delimiter=";"))
            case _:
                return kind, text, parse_json(text, again.pairs)
    except (ValueError, csv.Error) as error:
        what = "du XML lisible" if kind == "xml" else "du JSON"
        raise UsageError(f"{nom} n'est ni une archive zip ni {what} ({error}).") from None


def _is_csv(text: str) -> bool:
    return re.match(r"[^\W\d][^\n{\[\"]*;", text) is not None


def schema_mistakes(schema: Mapping[str, Any], tree: Any) -> list[str]:
    """Return where a tree differs from a JSON schema, in French: the first twenty places.

    Points of one shape are looked at once, where that tells that there is no mistake.
    """
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema)
    if validator.is_valid(_thinned(tree)):
        return []
    errors = islice(validator.iter_errors(tree), _MOST_MISTAKES)
    return [f"{error.json_path} : {_in_french(error)}" for error in errors]


_DIGITS: Final = str.maketrans("123456789", "000000000")


def _thinned(tree: Any, depth: int = 6) -> Any:
    """Return a tree with one point of each shape: a schema is slow, and points are many."""
    if isinstance(tree, list) and depth:
        return [_thinned(each, depth - 1) for each in tree]
    if not isinstance(tree, dict) or not depth:
        return tree
    thin = {name: _thinned(each, depth - 1) for name, each in tree.items() if name != "points"}
    points = tree.get("points")
    if isinstance(points, list):
        thin["points"] = list({repr(each).translate(_DIGITS): each for each in points}.values())
    elif points is not None:
        thin["points"] = points
    return thin


def _in_french(error: Any) -> str:
    value, wanted = excerpt(error.instance), error.validator_value
    match error.validator:
        case "required":
            missing = [name for name in wanted if name not in error.instance]
            return f"il manque {', '.join(missing)}"
        case "additionalProperties":
            extra = [name for name in error.instance if name not in error.schema["properties"]]
            return f"{', '.join(extra)} n'y a pas sa place"
        case "type":
            return f"{value} n'est pas du type {wanted}"
        case "enum":
            return f"{value} n'est pas une des valeurs {', '.join(map(json.dumps, wanted))}"
        case "pattern":
            return f"{value} n'a pas la forme {wanted}"
        case "minItems" | "maxItems":
            return f"{counted(len(error.instance), 'élément')}, hors de la limite de {wanted}"
        case _:
            return f"{value} ne convient pas ({error.validator})"


def xsd_mistakes(schema: bytes, root: etree._Element) -> list[str]:
    """Return where an XML document differs from its schema, in French: the first twenty places."""
    validator = etree.XMLSchema(parse_xml(schema))
    validator.validate(root)
    return [
        f"ligne {error.line}, {error.path} : "
        f"{_XSD_IN_FRENCH.get(error.type_name, 'ne tient pas au schéma')}"
        for error in islice(validator.error_log, _MOST_MISTAKES)
    ]


def excerpt(value: Any) -> str:
    """Return how a value begins, as JSON; it may be of any size and depth."""
    pieces = json.JSONEncoder(ensure_ascii=False).iterencode(value)
    return "".join(islice(pieces, _EXCERPT))[:_EXCERPT]


def table(rows: Sequence[Sequence[str]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of a table as its headings name their cells, each with its line (`_ligne`),
    and what is wrong with their number; `null` is what is missing."""
    titres, *lines = rows
    found, mistakes = [], []
    for n, row in enumerate(lines, start=2):
        if len(row) != len(titres):
            mistakes.append(f"ligne {n} : {counted(len(row), 'colonne')} au lieu de {len(titres)}")
        cells = {t: None if cell == "null" else cell for t, cell in zip(titres, row, strict=False)}
        found.append({**cells, "_ligne": n})
    return found, mistakes

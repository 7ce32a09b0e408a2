"""Opens files that anybody made: archives, then documents, each within bounds.

No entity is expanded, nothing is written, and a member is read once its size is known.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from lxml import etree

from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.documents import parse_json, parse_xml, zip_members
from sge_sim.machine.files import read_user_file
from sge_sim.machine.once import computed_once

OCTETS_AU_PLUS: Final = 512 * 2**20
"""The bytes of a file that is read whole, zipped or not, and of all that an archive holds."""
_MEMBRES_AU_PLUS, _DEPTH = 20_000, 2
_CSV: Final = re.compile(r"[^\W\d][^\n{\[\"]*;")
_EXCERPT: Final = 80
_SCHEMA_AU_PLUS: Final = 4 * 2**20
_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
_MOST_MISTAKES: Final = 20
_DIGITS: Final = str.maketrans("123456789", "000000000")
_DEEPEST, _OUTER = 8, 7
"""How deep a tree is thinned, and the depth left below that of the lists of points."""


class MembreLu(NamedTuple):
    """A document: the names under which it was found, from the file's to its own, and its bytes;
    `voisins`: how many documents stand beside it in its archive."""

    noms: tuple[str, ...]
    content: bytes
    voisins: int = 1


def read_members(outer: MembreLu, left: list[int] | None = None) -> Iterator[MembreLu]:
    """Yield the documents of a file: itself, or what its archives hold; `left`: the bytes that they
    may take yet.

    Raises `UsageError` for an archive that is damaged or without any file, an archive in an archive
    in an archive, and what takes more than 512 MiB in all.
    """
    nom, left = outer.noms[-1], left or [OCTETS_AU_PLUS]
    if not outer.content.startswith(b"PK"):
        yield outer
        return
    try:
        members = [each for each in zip_members(outer.content) if not each[0].is_dir()]
        if members and (len(outer.noms) > _DEPTH or len(members) > _MEMBRES_AU_PLUS):
            raise UsageError(f"{nom} n'est pas une archive de flux : trop de contenu.")
        if len({info.filename for info, _ in members}) < len(members):
            raise ValueError("deux de ses membres ont le même nom")
        for info, read in members:
            left[0] -= info.file_size
            if left[0] < 0:
                raise UsageError(f"{nom} : {info.filename} dépasse 512 Mio.")
            inner = MembreLu((*outer.noms, info.filename), read(), len(members))
            yield from read_members(inner, left)
    except ValueError as error:
        raise UsageError(f"{nom} est une archive abîmée ({error}).") from None
    if not members:
        raise UsageError(f"{nom} est une archive qui ne contient aucun fichier.")


def read_document(nom: str, content: bytes) -> tuple[str, str, Any]:
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
    kind = "xml" if text.startswith("<") else "csv" if _CSV.match(text) else "json"
    try:
        if kind == "json":
            return kind, text, parse_json(text, _once_each)
        if kind == "csv":
            return kind, text, list(csv.reader(io.StringIO(text, ""), delimiter=";"))
        root = parse_xml(text.encode(), bare=True)
        declared = root.getroottree().docinfo.encoding or "UTF-8"
        if declared.upper() != "UTF-8":
            raise ValueError(f"il se dit codé en {declared}")
    except (ValueError, csv.Error) as error:
        what = "du XML lisible" if kind == "xml" else "du JSON"
        raise UsageError(f"{nom} n'est ni une archive zip ni {what} ({error}).") from None
    return kind, text, root


def read_documents(nom: str, content: bytes) -> Iterator[tuple[str, Any]]:
    """Yield the documents of a file, by name: itself, or what its archives hold.

    Raises `UsageError` as `read_members` and `read_document` do.
    """
    for membre in read_members(MembreLu((nom,), content)):
        yield membre.noms[-1], read_document(membre.noms[-1], membre.content)[2]


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; raises `ValueError` where a key comes again (RFC 8259 §4)."""
    tree = dict(pairs)
    if len(tree) < len(pairs):
        raise ValueError(f"une clé y est répétée parmi {', '.join(tree)}"[:_EXCERPT])
    return tree


def table_of(
    titres: Sequence[str], rows: Sequence[Sequence[str]], line: int
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows below headings as objects, of which the first stands on a line, and what is
    wrong with their columns, in French."""
    numbered = list(enumerate(rows, line))
    mistakes = [
        f"ligne {n} : {len(row)} colonnes au lieu de {len(titres)}"
        for n, row in numbered
        if len(row) != len(titres)
    ]
    cells = (zip(titres, row, strict=False) for _, row in numbered)
    lignes = [{t: None if cell == "null" else cell for t, cell in each} for each in cells]
    return [{**each, "_ligne": n} for n, each in enumerate(lignes, line)], mistakes


def schema_mistakes(dossier: str, name: str, root: Any) -> list[str]:
    """Return where a document differs from the schema of a folder, in French: the first twenty
    places."""
    validator = _validator(dossier, name)
    if isinstance(validator, etree.XMLSchema):
        return xsd_mistakes(validator, root)
    if validator.is_valid(_thinned(root)):
        return []
    errors = islice(validator.iter_errors(root), _MOST_MISTAKES)
    return [f"{error.json_path} : {_in_french(error)}" for error in errors]


def xsd_mistakes(schema: etree.XMLSchema, root: Any) -> list[str]:
    """Return where a document differs from a schema, in French: the first twenty places."""
    schema.validate(root)
    found = phrases()["xsd"]
    return [
        f"ligne {e.line}, {e.path} : {found.get(e.type_name, 'ne tient pas au schéma')}"
        for e in islice(schema.error_log, _MOST_MISTAKES)
    ]


def read_schemas(noms: Sequence[Path]) -> dict[str, etree.XMLSchema]:
    """Return the schemas (XSD) of files, by the name of each root that one has.

    Raises `UsageError` for what is none, with its line, and for one that calls another file.
    """
    found: dict[str, etree.XMLSchema] = {}
    for nom in noms:
        try:
            root = parse_xml(read_user_file(nom, _SCHEMA_AU_PLUS))
            for called in root.iter(
                *(f"{_XSD}{word}" for word in ("include", "import", "redefine"))
            ):
                raise ValueError(f"ligne {called.sourceline}, il en appelle un autre")
            schema = etree.XMLSchema(root)
        except (etree.XMLSchemaParseError, ValueError) as error:
            lines = [f"ligne {each.line}" for each in getattr(error, "error_log", ()) if each.line]
            why = [*lines, str(error)][0]
            raise UsageError(f"{nom} n'est pas un schéma XSD d'un seul fichier : {why}.") from None
        found |= dict.fromkeys(
            (str(each.get("name")) for each in root.iterchildren(f"{_XSD}element")), schema
        )
    return found


@computed_once()
def _validator(dossier: str, name: str) -> Any:
    schema = files(dossier).joinpath(name).read_bytes()
    if name.endswith(".xsd"):
        return etree.XMLSchema(parse_xml(schema))
    from jsonschema import Draft202012Validator

    return Draft202012Validator(parse_json(schema))


def _thinned(tree: Any, depth: int = _DEEPEST) -> Any:
    """Return a tree with one element of each shape in its inner lists: a schema is slow, and what
    is measured is much."""
    if depth and isinstance(tree, dict):
        return {name: _thinned(each, depth - 1) for name, each in tree.items()}
    if depth and isinstance(tree, list):
        if depth < _OUTER:
            tree = {repr(each).translate(_DIGITS): each for each in tree}.values()
        return [_thinned(each, depth - 1) for each in tree]
    return tree


def _in_french(error: Any) -> str:
    value, wanted = error.instance, error.validator_value
    if error.validator in ("required", "additionalProperties"):
        wanted = re.findall("'([^']*)'", error.message)  # the names
    elif error.validator == "enum":
        wanted = [json.dumps(each) for each in wanted]
    listed = ", ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)
    count = counted(len(value), "élément") if isinstance(value, list) else ""
    phrase: str = phrases()["json"].get(error.validator, "{value} ne convient pas")
    pieces = json.JSONEncoder(ensure_ascii=False).iterencode(value)  # of any size and depth
    excerpt = "".join(islice(pieces, _EXCERPT))[:_EXCERPT]
    return phrase.format(value=excerpt, wanted=listed, count=count)


@computed_once()
def phrases() -> Any:
    """Return what is said of mistakes, of form (`json`, `xsd`) and of what a file says
    (`contenu`)."""
    return yaml.safe_load(files("sge_sim.flux").joinpath("phrases.yaml").read_bytes())

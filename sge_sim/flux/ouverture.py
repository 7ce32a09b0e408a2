"""Opens files that anybody made: archives, then documents, each within bounds.

No entity is expanded, nothing is written, and a member is read once its size is known.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import islice
from typing import Any, Final, NamedTuple

import yaml
from lxml import etree

from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.documents import parse_json, parse_xml, zip_members
from sge_sim.machine.once import computed_once

OCTETS_AU_PLUS: Final = 512 * 2**20
"""The bytes of a file that is read whole, zipped or not, and of all that an archive holds."""
_MEMBRES_AU_PLUS, _DEPTH = 20_000, 2
_ZIP: Final = b"PK"
_BOM: Final = b"\xef\xbb\xbf"
_EXCERPT: Final = 80
_MOST_MISTAKES: Final = 20


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
    if outer.content[:2] != _ZIP:
        yield outer
        return
    try:
        members = [each for each in zip_members(outer.content) if not each[0].is_dir()]
        if members and (len(outer.noms) > _DEPTH or len(members) > _MEMBRES_AU_PLUS):
            raise UsageError(f"{nom} n'est pas une archive de flux : trop de contenu.")
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
    value, wanted = error.instance, error.validator_value
    if error.validator == "required":
        wanted = [name for name in wanted if name not in value]
    elif error.validator == "additionalProperties":
        wanted = [name for name in value if name not in error.schema["properties"]]
    elif error.validator == "enum":
        wanted = map(json.dumps, wanted)
    listed = wanted if isinstance(wanted, str | int) else ", ".join(map(str, wanted))
    count = counted(len(value), "élément") if isinstance(value, list) else ""
    phrase: str = _phrases()["json"].get(error.validator, "{value} ne convient pas")
    return phrase.format(value=excerpt(value), wanted=listed, count=count)


def xsd_mistakes(schema: bytes, root: etree._Element) -> list[str]:
    """Return where an XML document differs from its schema, in French: the first twenty places."""
    validator, phrases = etree.XMLSchema(parse_xml(schema)), _phrases()["xsd"]
    validator.validate(root)
    return [
        f"ligne {e.line}, {e.path} : {phrases.get(e.type_name, 'ne tient pas au schéma')}"
        for e in islice(validator.error_log, _MOST_MISTAKES)
    ]


@computed_once()
def _phrases() -> Any:
    return yaml.safe_load(files("sge_sim.flux").joinpath("phrases.yaml").read_bytes())


def excerpt(value: Any) -> str:
    """Return how a value begins, as JSON; it may be of any size and depth."""
    pieces = json.JSONEncoder(ensure_ascii=False).iterencode(value)
    return "".join(islice(pieces, _EXCERPT))[:_EXCERPT]

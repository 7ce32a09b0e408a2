"""The values that a type of a contract allows: a sample, and other lawful ones."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sge_sim.clock import PARIS
from sge_sim.soap.declarations import DeclaredValue

_PIECE: Final = re.compile(r"(\[(?:\\.|[^\]])+\]|\((?:[^)])+\)|\\.|.)(\{(\d+)[^}]*\}|[*+?])?")
_SAMPLES: Final = {
    "boolean": "true",
    "date": "2024-01-31",
    "dateTime": "2024-01-31T12:00:00",
    "time": "12:00:00",
    "integer": "1",
    "decimal": "1.5",
}
_NUMBERS: Final = ("integer", "decimal")
_STAMPS: Final = ("date", "dateTime", "time")
_STAMP: Final = re.compile(r"(\d{4}-\d\d-\d\d)?(T?)((?:\d\d:){2}\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def sample(value: DeclaredValue) -> str:
    """Return a short value that a type allows, never an empty one.

    >>> sample(DeclaredValue("string", {"pattern": ("[0-9A-Z]{4,8}",)}))
    '0000'
    """
    if value.members:
        return sample(value.members[0])
    facets = value.facets
    if "enumeration" in facets:
        return facets["enumeration"][0]
    if "pattern" in facets and value.base == "string":
        return _matching(facets["pattern"][0])
    least = facets.get("length") or facets.get("minLength") or ("1",)
    return _SAMPLES.get(value.base) or "x" * max(int(least[0]), 1)


def _matching(pattern: str) -> str:
    """Return the shortest text of a pattern such as the contracts have."""
    text = ""
    for piece, times, count in _PIECE.findall(pattern):
        if times in ("*", "?") or count == "0":
            continue
        text += piece.lstrip("[\\")[0] * int(count or 1)
    return text


def other_values(value: DeclaredValue, text: str | None) -> Iterator[tuple[str, str]]:
    """Yield the other values of a type, as kinds of variations and what tells them apart.

    `text` is what stands there, None where nothing does.
    """
    facets = value.facets
    if "enumeration" in facets:
        yield from (("valeur", each) for each in facets["enumeration"] if each != text)
    elif value.base == "string" and "pattern" not in facets and "length" not in facets:
        if "minLength" not in facets and text != "":
            yield "vide", ""
        if "maxLength" in facets:
            yield "longueur", facets["maxLength"][0]
    elif value.base == "boolean" and "pattern" not in facets:
        yield "ecriture", ""
    elif value.base in _NUMBERS:
        yield from (("ecriture", each) for each in ("signe", "zeros"))
    elif value.base in _STAMPS:
        fractions = () if value.base == "date" else ("fraction", "entier")
        yield from (("date", each) for each in ("zone", "utc", "sans_zone", *fractions))


def rewritten(value: DeclaredValue, sorte: str, valeur: str, text: str) -> str:
    """Return the other value that `other_values` means, of a text; the text where there is none."""
    match sorte:
        case "valeur":
            return valeur
        case "vide":
            return ""
        case "longueur":
            most = int(valeur)
            return ((text or "x") * most)[:most]
        case "date":
            return _other_stamp(text, valeur)
        case "ecriture" if value.base == "boolean":
            return {"true": "1", "false": "0", "1": "true", "0": "false"}.get(text, text)
        case "ecriture" if text[:1].isdigit():
            return f"+{text}" if valeur == "signe" else f"000{text}"
    return text


def _other_stamp(text: str, valeur: str) -> str:
    """Return a stamp with another zone or fraction, which means the same.

    A stamp without a zone is in legal time.

    >>> _other_stamp("2022-01-05T00:00:00.000+01:00", "utc")
    '2022-01-04T23:00:00.000Z'
    """
    found = _STAMP.fullmatch(text)
    if found is None:
        return text
    day, separator, hour, fraction, zone = (each or "" for each in found.groups())
    if valeur in ("fraction", "entier"):
        digits = ("." + fraction.strip(".").ljust(6, "0")) if valeur == "fraction" else ""
        keeps = valeur == "entier" and fraction.strip(".0")  # a part of a second isn't dropped
        return text if keeps else f"{day}{separator}{hour}{digits}{zone}"
    if not (day and hour):  # no instant: what it says is kept
        offset = _offset(datetime.fromisoformat(f"{day or '2024-01-31'}T12:00:00+00:00"))
        return f"{day}{hour}{fraction}" + {"zone": offset, "utc": "Z"}.get(valeur, "")
    instant = datetime.fromisoformat(f"{day}T{hour}{zone}")
    if not zone:
        instant = instant.replace(tzinfo=PARIS)
    moved = instant.astimezone(UTC if valeur == "utc" else PARIS)
    end = {"zone": _offset(moved), "utc": "Z"}.get(valeur, "")
    return f"{moved:%Y-%m-%dT%H:%M:%S}{fraction}{end}"


def _offset(instant: datetime) -> str:
    """Return the offset of legal time at an instant, as XML Schema writes it."""
    offset = f"{instant.astimezone(PARIS):%z}"
    return f"{offset[:3]}:{offset[3:5]}"

"""How a value is written, apart from what it says: what may be told of it."""

import re
from typing import Final

from sge_sim.confronte.vocabulaire import vocabulaire
from sge_sim.soap.declarations import DeclaredValue

_STAMP: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:([T ])\d\d:\d\d:\d\d(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?"
)
_TIME: Final = re.compile(r"\d\d:\d\d:\d\d(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?")
_NUMBER: Final = re.compile(r"([-+]?)(\d+)(?:\.(\d*))?")
_BOOLEANS: Final = {"true": "true ou false", "false": "true ou false", "1": "1 ou 0", "0": "1 ou 0"}
_LEADING: Final = re.compile("0[0-9]")
_NUMBERS: Final = ("integer", "decimal", "int", "long", "nonNegativeInteger", "positiveInteger")


def format_of(text: str, name: str, value: DeclaredValue) -> str:
    """Return in French how a value is written; nothing of what it says is in it.

    >>> format_of("2024-01-31 00:00:00", "d", DeclaredValue("string", {}))
    'date et heure, espace entre les deux'
    """
    lists = vocabulaire().listes
    if not text:
        return "vide"
    if text != text.strip():
        return "espaces autour"
    if value.base == "boolean" and text in _BOOLEANS:
        return _BOOLEANS[text]
    if stamp := _STAMP.fullmatch(text):
        return _of_stamp("date" if stamp[1] is None else "date et heure", *stamp.groups())
    if time := _TIME.fullmatch(text):
        return _of_stamp("heure", None, *time.groups())
    numeric = value.base in _NUMBERS or name in lists["mesures"]
    if number := _NUMBER.fullmatch(text):
        if numeric:
            return _of_number(*number.groups())
        if text.isdecimal():
            known = name in lists["roles"] or "pattern" in value.facets
            return f"{len(text)} chiffres" if known else "chiffres"
        return "nombre à décimales"
    if numeric:
        return "texte, où un nombre est attendu"
    if name in lists["roles"]:
        kind = "lettres capitales et chiffres" if re.fullmatch("[A-Z0-9]+", text) else "texte"
        return f"{kind}, {len(text)} caractères"
    return "texte"


def _of_stamp(what: str, separator: str | None, fraction: str | None, zone: str | None) -> str:
    parts = [what]
    if separator == " ":
        parts.append("espace entre les deux")
    if fraction is not None:
        parts.append(f"{len(fraction)} décimales de seconde")
    if zone is not None:
        parts.append("Z" if zone == "Z" else "avec son décalage")
    return ", ".join(parts)


def _of_number(sign: str, whole: str, decimals: str | None) -> str:
    parts = ["entier" if decimals is None else f"nombre à {len(decimals)} décimales"]
    if sign == "+":
        parts.append("signe +")
    if _LEADING.match(whole):
        parts.append("zéros devant")
    return ", ".join(parts)


_PART: Final = (
    r"vide|espaces autour|true ou false|1 ou 0|date|date et heure|heure|espace entre les deux|Z|"
    r"\d{1,3} décimales de seconde|avec son décalage|\d{1,3} chiffres|chiffres|texte|entier|"
    r"signe \+|nombre à décimales|nombre à \d{1,3} décimales|zéros devant|où un nombre est attendu|"
    r"lettres capitales et chiffres|\d{1,3} caractères"
)
_SAID: Final = re.compile(f"({_PART})(, ({_PART}))*")


def is_format(text: str) -> bool:
    """Tell whether a text is what `format_of` may return."""
    return _SAID.fullmatch(text) is not None

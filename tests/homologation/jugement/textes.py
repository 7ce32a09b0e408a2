"""Texts for wrong answers: other ones of the same shape, ones that break a type or a facet."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from formes_du_contrat import Forme, Valeur
from lxml import etree

INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d.*)?")
_INTS = "0123456789"


def shifted(text: str, by: timedelta) -> str:
    if len(text) == len("2025-04-01"):
        return str(date.fromisoformat(text) + max(by, timedelta(days=1)))
    moved = datetime.fromisoformat(text) + by
    if "T" not in text:
        return str(moved)
    return moved.isoformat(timespec="milliseconds")


def like(value: str) -> str:
    """Return another value of the same shape: the first digit or letter that isn't in the way."""
    if INSTANT.fullmatch(value):
        return shifted(value, timedelta(days=1))
    for rank in range(len(value) - 1, -1, -1):
        sign = value[rank]
        if sign.isdigit():
            return f"{value[:rank]}{_INTS[(int(sign) + 1) % 10]}{value[rank + 1 :]}"
        if sign.isalpha() and sign.isascii():
            other = "b" if sign.lower() == "a" else "a"
            return value[:rank] + (other.upper() if sign.isupper() else other) + value[rank + 1 :]
    return f"{value}x"


_LOOKS = (
    ("date", INSTANT),
    ("durée", re.compile(r"P(?:T?\d+[DMHSY])+")),
    ("nombre", re.compile(r"-?\d+")),
    ("booléen", re.compile("true|false")),
)


def look(text: str) -> str:
    """Return what a text looks like: a date and a duration aren't free to take each other's place
    (the guides tell which is which, where the contract has strings alone)."""
    return next((name for name, shape in _LOOKS if shape.fullmatch(text)), "texte")


def admits(valeur: Valeur, text: str) -> bool:
    """Whether a simple type takes a text, as far as its base and its facets tell."""
    if valeur.base in ("integer", "int", "positiveInteger", "decimal"):
        if re.fullmatch(r"-?\d+", text) is None:
            return False
    elif valeur.base == "boolean":
        return text in ("true", "false", "0", "1")
    elif valeur.base == "date":
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None
    elif valeur.base == "dateTime":
        return re.fullmatch(r"\d{4}-\d\d-\d\dT.*", text) is not None
    if valeur.enumeration and text not in valeur.enumeration:
        return False
    patterns = [value for name, value in valeur.facettes if name == "pattern"]
    if patterns and not any(re.fullmatch(each, text) for each in patterns):
        return False
    bounds = {name: value for name, value in valeur.facettes if name.endswith("ength")}
    size = len(text)
    return (
        size >= int(bounds.get("minLength", 0))
        and size <= int(bounds.get("maxLength", size))
        and size == int(bounds.get("length", size))
    )


def broken(valeur: Valeur) -> Iterator[tuple[str, str | None]]:
    """Yield each facet with a value that breaks it, or None where nothing does."""
    if valeur.enumeration:
        yield "hors énumération", "INCONNU"
    for name, value in valeur.facettes:
        match name:
            case "pattern":
                tried = ("", "%%%", "x" * 300)
                yield f"motif {value}", next((t for t in tried if not re.fullmatch(value, t)), None)
            case "minLength" if int(value) > 0:
                yield f"longueur minimale {value}", "x" * (int(value) - 1)
            case "maxLength":
                yield f"longueur maximale {value}", "x" * (int(value) + 1)
            case "length":
                yield f"longueur {value}", "x" * (int(value) + 1)
            case "totalDigits":
                yield f"chiffres {value}", "9" * (int(value) + 1)
            case "minInclusive" | "minExclusive":
                yield f"{name} {value}", str(int(value) - 1)
            case "maxInclusive" | "maxExclusive":
                yield f"{name} {value}", str(int(value) + 1)
            case "fractionDigits":
                yield f"décimales {value}", f"1.{'1' * (int(value) + 1)}"


_SAMPLES = {"date": "2020-01-01", "boolean": "true", "integer": "1", "decimal": "1"}


def sample(forme: Forme) -> etree._Element:
    """Return the least element of a shape that its schema takes."""
    element = etree.Element(forme.nom)
    for name, attribut in forme.attributs.items():
        if attribut.obligatoire:
            element.set(name, sample_value(attribut.valeur))
    for child in forme.enfants.values():
        if child.minimum > 0:
            element.append(sample(child))
    if forme.valeur is not None:
        element.text = sample_value(forme.valeur)
    return element


def sample_value(valeur: Valeur) -> str:
    if valeur.enumeration:
        return valeur.enumeration[0]
    tried = (_SAMPLES.get(valeur.base, "DURAND"), "1", "A1", "12345", "12345678901234")
    return next((each for each in tried if admits(valeur, each)), tried[0])

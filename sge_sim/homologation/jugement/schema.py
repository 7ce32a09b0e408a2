"""What a schema holds against an element, in French words that a manager reads."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from lxml import etree

from sge_sim.soap.contract import Contract

_ELEMENT: Final = re.compile(r"^Element '(?:\{[^}]*\})?([^']+)'(?:, attribute '([^']+)')?: ")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.*?) \)")
_QUOTED: Final = re.compile(r"'([^']*)'")
_NAMESPACE: Final = re.compile(r"\{[^}]*\}")
_LONGEST: Final = 60

_TYPES: Final = {
    "integer": "un nombre entier",
    "decimal": "un nombre",
    "boolean": "true ou false",
    "date": "une date",
    "dateTime": "une date avec une heure",
    "time": "une heure",
}


def french_mistakes(contrat: Contract, element: etree._Element) -> list[str]:
    """Return what the contract holds against an element of a message: each mistake, in French."""
    if contrat.schema.validate(element):
        return []
    return list(dict.fromkeys(map(_in_french, contrat.mistakes(element))))


def _in_french(message: str) -> str:
    """Return one mistake of libxml2 in French."""
    named = _ELEMENT.match(message)
    where = "le message" if named is None else named[2] or named[1]
    rest = message if named is None else message[named.end() :]
    for mark, tell in _TOLD.items():
        if mark in rest:
            return tell(where, rest)
    return f"{where} n'est pas ce que le contrat déclare"


def _expected(rest: str) -> str:
    found = _EXPECTED.search(rest)
    if found is None:
        return ""
    names = [_NAMESPACE.sub("", each).strip() for each in found[1].split(",")]
    return " ou ".join(names)


def _misplaced(where: str, rest: str) -> str:
    wanted = _expected(rest)
    return f"{where} n'est pas à sa place" + (f" (attendu : {wanted})" if wanted else "")


def _missing(where: str, rest: str) -> str:
    wanted = _expected(rest)
    return f"{where} est incomplet" + (f" : il manque {wanted}" if wanted else "")


def _value(rest: str) -> str:
    found = _QUOTED.findall(rest)
    value = next((each for each in found if each not in ("enumeration", "pattern")), "")
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"


def _listed(where: str, rest: str) -> str:
    listed = re.search(r"the set \{(.*)\}", rest)
    allowed = _QUOTED.findall(listed[1]) if listed else []
    hint = f" (admis : {', '.join(allowed)})" if 0 < len(allowed) <= 8 else ""
    return f"{where} vaut « {_value(rest)} », hors de la liste du contrat{hint}"


def _shaped(where: str, rest: str) -> str:
    return f"{where} vaut « {_value(rest)} », qui n'a pas la forme voulue par le contrat"


def _sized(where: str, _rest: str) -> str:
    return f"{where} n'a pas la longueur voulue par le contrat"


def _typed(where: str, rest: str) -> str:
    kind = re.search(r"type '(?:\{[^}]*\}|xs:)?(\w+)'", rest)
    wanted = _TYPES.get(kind[1], "") if kind else ""
    hint = f", attendu {wanted}" if wanted else ""
    return f"{where} vaut « {_value(rest)} », qui n'est pas une valeur du contrat{hint}"


def _required(where: str, rest: str) -> str:
    return f"{where} n'a pas l'attribut {_value(rest)}"


def _unknown(where: str, rest: str) -> str:
    return f"{where} a un attribut de trop, {_NAMESPACE.sub('', _value(rest))}"


_TOLD: Final[Mapping[str, Callable[[str, str], str]]] = {
    "Missing child": _missing,
    "not expected": _misplaced,
    "No matching global": lambda where, _: f"{where} n'est pas un élément du contrat",
    "is required but missing": _required,
    "is not allowed.": _unknown,
    "[facet 'enumeration']": _listed,
    "[facet 'pattern']": _shaped,
    "[facet 'length']": _sized,
    "[facet 'minLength']": _sized,
    "[facet 'maxLength']": _sized,
    "[facet '": lambda where, rest: f"{where} sort des bornes du contrat",
    "is not a valid value": _typed,
    "Character content": lambda where, _: f"{where} contient du texte",
    "Element content": lambda where, _: f"{where} contient des éléments, attendu une valeur",
    "character information item": lambda where, _: f"{where} n'est pas vide",
}

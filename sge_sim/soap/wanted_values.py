"""What the contract wants of a value, in French: « 14 chiffres attendus »."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from sge_sim.soap.declarations import DeclaredValue


class _Wanted(NamedTuple):
    """What is wanted, and how « attendu » agrees with it."""

    what: str
    ending: str = ""


_BASES: Final[Mapping[str, _Wanted]] = {
    "boolean": _Wanted("true ou false"),
    "date": _Wanted("une date AAAA-MM-JJ", "e"),
    "dateTime": _Wanted("une date avec son heure, AAAA-MM-JJTHH:MM:SS,", "e"),
    "time": _Wanted("une heure HH:MM:SS", "e"),
    "duration": _Wanted("une durée, comme P1D,", "e"),
    **dict.fromkeys(("decimal", "double", "float"), _Wanted("un nombre")),
    **dict.fromkeys(("integer", "int", "long", "short", "byte"), _Wanted("un nombre entier")),
    "positiveInteger": _Wanted("un nombre entier, au moins 1,"),
    "nonNegativeInteger": _Wanted("un nombre entier, au moins 0,"),
    "QName": _Wanted("un nom du contrat"),
    "anyURI": _Wanted("une adresse", "e"),
}
_MOST_VALUES: Final = 12
_TEXTS: Final = frozenset({"string", "token", "normalizedString", ""})
_ANY_TEXT: Final = _Wanted("un texte")
_A_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_A_REAL_DATE: Final = _Wanted("une date qui existe", "e")

_FORMS: Final[Mapping[str, _Wanted]] = {
    "[A-Z0-9]{6}([A-Z0-9]{2})?": _Wanted("6 ou 8 chiffres ou majuscules", "s"),
    "[1-9][0-9]*.[0-9]+": _Wanted("un numéro de version, comme 1.0,"),
    r"[0-9\+\(\)\s\.]{1,25}": _Wanted("un numéro de téléphone"),
}
_CHARACTERS: Final[Mapping[frozenset[str], str]] = {
    frozenset({"0-9"}): "chiffres",
    frozenset({"A-Z"}): "majuscules",
    frozenset({"a-z", "A-Z"}): "lettres",
    frozenset({"0-9", "A-Z"}): "chiffres ou majuscules",
    frozenset({"0-9", "a-z", "A-Z"}): "lettres ou chiffres",
}
_REPEATED: Final = re.compile(r"\[((?:.-.)+)\]\{(\d+)(?:,(\d+))?\}")
_ALTERNATIVES: Final = re.compile(r"\w+(?:\|\w+)+")
_BOUNDS: Final = {
    "minInclusive": "au moins {}",
    "minExclusive": "plus de {}",
    "maxInclusive": "au plus {}",
    "maxExclusive": "moins de {}",
}


def wanted(value: DeclaredValue, facet: str, text: str) -> str:
    """Return what is wanted instead of `text`, which breaks `facet`, or the type where it is empty.

    >>> wanted(DeclaredValue("string", {"pattern": ("[0-9]{14}",)}), "pattern", "12")
    '14 chiffres attendus'
    """
    what, ending = _wanted(value, facet, text)
    return f"{what} attendu{ending}"


def one_of(names: Iterable[str]) -> str:
    """Return names as alternatives.

    >>> one_of(["JSON"]), one_of(["A", "B", "C"])
    ('JSON', 'A, B ou C')
    """
    *first, last = names
    return f"{', '.join(first)} ou {last}" if first else last


def _wanted(value: DeclaredValue, facet: str, text: str) -> _Wanted:
    facets = value.facets
    if value.members:
        members = dict.fromkeys(_wanted(each, "", text) for each in value.members)
        return _Wanted(", ou ".join(each.what for each in members), [*members][-1].ending)
    if not facet and value.base not in _TEXTS:
        if value.base == "date" and _A_DATE.fullmatch(text.strip()):
            return _A_REAL_DATE
        return _BASES.get(value.base, _Wanted("une valeur du contrat", "e"))
    if "enumeration" in facets and facet in ("enumeration", ""):
        values = facets["enumeration"]
        many = _Wanted(f"une des {len(values)} valeurs du contrat", "e")
        return many if len(values) > _MOST_VALUES else _Wanted(one_of(values))
    if "pattern" in facets and facet in ("pattern", ""):
        return _form(facets["pattern"])
    if facet in _BOUNDS:
        bounds = (said.format(facets[each][0]) for each, said in _BOUNDS.items() if each in facets)
        return _Wanted(" et ".join(bounds))
    if facet == "totalDigits":
        return _Wanted(f"{facets[facet][0]} chiffres au plus", "s")
    if facet == "fractionDigits":
        return _Wanted(f"{facets[facet][0]} décimales au plus", "es")
    return _length(facets)


def _form(patterns: tuple[str, ...]) -> _Wanted:
    """Return what patterns want: one of them is enough."""
    form = patterns[0] if len(patterns) == 1 else " ou ".join(patterns)
    if form in _FORMS:
        return _FORMS[form]
    if "@" in form:
        return _Wanted("une adresse électronique", "e")
    if _ALTERNATIVES.fullmatch(form):
        return _Wanted(one_of(form.split("|")))
    repeated = _REPEATED.fullmatch(form)
    characters = repeated and _CHARACTERS.get(frozenset(re.findall(".-.", repeated[1])))
    if repeated and characters:
        return _count(repeated[2], repeated[3] or repeated[2], characters)
    return _Wanted(f"une valeur de la forme {form}", "e")


def _length(facets: Mapping[str, tuple[str, ...]]) -> _Wanted:
    (least,) = facets.get("length") or facets.get("minLength") or ("0",)
    (most,) = facets.get("length") or facets.get("maxLength") or ("",)
    if not most:
        return _ANY_TEXT if least == "0" else _count(least, "", "caractères")
    return _count(least, most, "caractères")


def _count(least: str, most: str, what: str) -> _Wanted:
    if least == most == "1":
        return _Wanted("1 " + re.sub(r"s\b", "", what))
    if least == most:
        return _Wanted(f"{most} {what}", "s")
    if not most:
        return (
            _Wanted("un texte non vide")
            if least == "1"
            else _Wanted(f"au moins {least} {what}", "s")
        )
    if least == "0":
        return _Wanted(f"{most} {what} au plus", "s")
    return _Wanted(f"de {least} à {most} {what}", "s")

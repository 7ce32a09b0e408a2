"""The technical data of a point, as its page words them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sge_sim.tables.point_columns import COMPTEUR_ATTRIBUTES, POINT_ATTRIBUTES

_APART: Final = frozenset({"services", "prm", "pourquoi"})
"""What the page shows elsewhere."""
_TITLES: Final = {
    "": "Le point",
    "adresse": "Adresse",
    "client_final": "Client",
    "alimentation": "Alimentation",
    "tarif": "Tarif",
    "climat": "Climat",
    "dates": "Dates",
    "comptage": "Comptage",
    "releve": "Relève",
    "situation": "Situation",
    "mesures": "Mesures",
}
_TITRES: Final = {
    attribute.nom or name: attribute.titre
    for name, attribute in (POINT_ATTRIBUTES | COMPTEUR_ATTRIBUTES).items()
    if attribute.titre
}
# The other names of a described point are those of the code: without accents.
_ACCENTS: Final = {
    "a": "à",
    "cote": "côté",
    "evenements": "événements",
    "precision": "précision",
    "temperature": "température",
}
_DAY: Final = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_DECIMAL: Final = re.compile(r"(\d)\.(\d+ °C)")
_PERIOD: Final = re.compile(r"^(.+)\.\.(.*)$")
_WORDS: Final = {True: "oui", False: "non"}


@dataclass(frozen=True)
class Section:
    """A part of the technical data: a title, and lines of a name and its words."""

    titre: str
    lignes: tuple[tuple[str, str], ...]


def sections_of(description: Mapping[str, Any]) -> list[Section]:
    """Return the sections of a description that `describe_point` made."""
    first = {
        name: value
        for name, value in description.items()
        if name not in _APART and (not isinstance(value, Mapping) or "code" in value)
    }
    grouped = {
        name: value
        for name, value in description.items()
        if isinstance(value, Mapping) and "code" not in value
    }
    return [
        Section(_TITLES.get(name, _named(name)), tuple(_lines(value)))
        for name, value in {"": first, **grouped}.items()
        if value
    ]


def _lines(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and "code" not in value:
            yield from _lines(value, f"{before}{_named(name)}, ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for rank, part in enumerate(value, 1):
                words = " ; ".join(_part(titre, texte) for titre, texte in _lines(part))
                titre = f"{before}{_named(name)} {rank}"
                yield titre[0].upper() + titre[1:], words
        else:
            titre = f"{before}{_named(name)}"
            yield titre[0].upper() + titre[1:], _in_words(value)


def _part(titre: str, texte: str) -> str:
    """Return a line as a part of another: « TIC activée : oui », « pose 20/06/2017 »."""
    first, _, rest = titre.partition(" ")
    named = titre if first.isupper() else f"{first.lower()} {rest}".strip()
    return f"{named} : {texte}" if texte in _WORDS.values() else f"{named} {texte}"


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        titre, code = str(value.get("libelle", "")), str(value["code"])
        return code if titre in ("", code) else f"{titre} ({code})"
    if isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, list):
        return ", ".join(map(_in_words, value))
    period = _PERIOD.match(str(value))
    if period is not None:
        start, end = (_in_french(instant) for instant in period.groups())
        return f"du {start} au {end} (exclu)" if end else f"depuis le {start}"
    return _in_french(str(value))


def _in_french(text: str) -> str:
    return _DECIMAL.sub(r"\1,\2", _DAY.sub(r"\3/\2/\1", text))


def _named(name: str) -> str:
    return _TITRES.get(name) or " ".join(_ACCENTS.get(word, word) for word in name.split("_"))

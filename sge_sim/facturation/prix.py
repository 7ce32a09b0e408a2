"""Dated grids of prices, and what is assumed where no document says how to compute.

Those of TURPE 7 are in `grilles.yaml`. A user may give a file of the same form: its grids complete
or replace the figures of a grid of the same day, and stand beside the others; its `regles` are
fields of `Hypotheses`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_type_hints

import yaml

from sge_sim.errors import UsageError
from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import parse_yaml

_FIGURE: Final = re.compile(r"[~?*]?(-?\d{1,9}(?:\.\d{1,6})?)")
"""A price, after the sign that says how sure it is (`grilles.yaml`)."""
_KEY: Final = re.compile(
    r"(?:c5|c4|hta)\.(?:gestion|gestion_autoproduction|gestion_client|comptage|depassement|socle|"
    r"comptage_proprietaire|comptage_sans_compteur|additionnelle|"
    r"soutirage\.(?P<fta>\w{3,20})\.(?:fixe|(?:fixe|variable)\.(?P<classe>\w{1,8})))"
    r"|prestations\.[A-Z][\w-]{1,35}"
)
_HEAD: Final = ("nom", "debut", "source")
_MOST_MISTAKES: Final = 20


@dataclass(frozen=True)
class Hypotheses:
    """What no public document says, with what is taken: each is a setting, of which
    `docs/factures.md` tells the meaning and the source."""

    annee: Literal["civile", "365"] = "civile"
    decimales: Literal["6", "5", "4", "3", "2"] = "6"
    coupe_annee: bool = True
    repartition: Literal["index", "jours"] = "index"
    reprise: Literal["prix", "quantite"] = "prix"
    gestion_client: bool = False
    tva: Decimal = Decimal("20.000")
    arrondi_tva: Literal["bloc", "ligne"] = "bloc"


class PrixInconnuError(UsageError):
    """No grid has the price: what is missing, and what to do."""


@dataclass(frozen=True)
class GrilleTarifaire:
    """The prices from a day on, by key (`c5.soutirage.BTINFCU4.fixe`), in the order of the file."""

    nom: str
    debut: date
    source: str
    prix: Mapping[str, Decimal]

    def price(self, key: str) -> Decimal:
        """Return the price of a key; raises `PrixInconnuError` where it has none."""
        if key not in self.prix:
            raise PrixInconnuError(
                f"La grille « {self.nom} » n'a pas de prix {key} : le donner dans une grille à soi."
            )
        return self.prix[key]

    def below(self, key: str) -> dict[str, Decimal]:
        """Return the prices right below a key, in the order of the file."""
        below = {each.removeprefix(f"{key}."): prix for each, prix in self.prix.items()}
        return {each: prix for each, prix in below.items() if "." not in each}


@dataclass(frozen=True)
class GrillesDatees:
    """Grids in the order of their days."""

    grilles: Sequence[GrilleTarifaire]

    def on(self, day: date) -> GrilleTarifaire:
        """Return the grid of a day; raises `PrixInconnuError` before the first one."""
        for each in reversed(self.grilles):
            if each.debut <= day:
                return each
        raise PrixInconnuError(
            f"Aucune grille de prix ne vaut au {day:%d/%m/%Y} : la première commence le "
            f"{self.grilles[0].debut:%d/%m/%Y} ; donner une grille datée pour facturer avant."
        )

    def changes(self, debut: date, fin: date) -> set[date]:
        """Return the days between two, both excluded, on which a grid begins."""
        return {each.debut for each in self.grilles if debut < each.debut < fin}


@computed_once()
def known_grilles() -> GrillesDatees:
    """Return the grids of TURPE 7."""
    with as_file(files(__package__).joinpath("grilles.yaml")) as path:
        return read_grilles(path)[0]


@computed_once()
def elements() -> Any:
    """Return how lines of invoices are called (`elements.yaml`)."""
    return yaml.safe_load(files(__package__).joinpath("elements.yaml").read_bytes())


def given_grilles(path: Path | str | None) -> tuple[GrillesDatees, Hypotheses]:
    """Return the known grids with those of a user's file, and its settings; those known without.

    Raises `UsageError` with each line that is wrong.
    """
    by_day = {each.debut: each for each in known_grilles().grilles}
    given, hypotheses = (GrillesDatees(()), Hypotheses()) if not path else read_grilles(Path(path))
    for each in given.grilles:
        known = by_day[each.debut].prix if each.debut in by_day else {}
        by_day[each.debut] = replace(each, prix={**known, **each.prix})
    return GrillesDatees([by_day[day] for day in sorted(by_day)]), hypotheses


def read_grilles(path: Path) -> tuple[GrillesDatees, Hypotheses]:
    """Return the grids of a file, and the settings that it gives.

    Raises `UsageError` with each line that is wrong.
    """
    try:
        node = parse_yaml(path, as_nodes=True)
    except ValueError as error:
        raise UsageError(f"{path.name} : {error}.") from None
    heads: dict[object, dict[str, Any]] = defaultdict(dict)
    prix: dict[object, dict[str, Decimal]] = defaultdict(dict)
    regles: dict[str, Any] = {}
    mistakes: list[str] = []
    for chemin, leaf in _leaves(node):
        try:
            match chemin:
                case ["grilles", int(rank), "nom" | "debut" | "source" as key]:
                    heads[rank][key] = ""
                    heads[rank][key] = _day(_text(leaf)) if key == "debut" else _text(leaf)
                case ["grilles", int(rank), *keys]:
                    heads[rank].setdefault("ligne", leaf.start_mark.line + 1)
                    prix[rank][".".join(map(str, keys))] = _price(keys, _text(leaf))
                case ["regles", nom]:
                    regles[str(nom)] = _setting(str(nom), _text(leaf))
                case _:
                    raise ValueError("une liste « grilles », ou « regles », est attendue ici")
        except ValueError as error:
            mistakes.append(f"ligne {leaf.start_mark.line + 1}, {error}")
    for head in heads.values():
        if missing := [key for key in _HEAD if key not in head]:
            where = f"ligne {head['ligne']}, " if "ligne" in head else ""
            mistakes.append(f"{where}cette grille n'a pas de {' ni de '.join(missing)}")
    days = Counter(head["debut"] for head in heads.values() if head.get("debut"))
    mistakes += [f"{n} grilles commencent le {day}" for day, n in days.items() if n > 1]
    if mistakes:
        said = " ; ".join(mistakes[:_MOST_MISTAKES])
        raise UsageError(f"{path.name} n'est pas un fichier de grilles : {said}.")
    grilles = [
        GrilleTarifaire(head["nom"], head["debut"], head["source"], prix[rank])
        for rank, head in heads.items()
    ]
    return GrillesDatees(sorted(grilles, key=lambda each: each.debut)), Hypotheses(**regles)


def _leaves(node: Any, chemin: tuple[str | int, ...] = ()) -> Iterator[tuple[list[Any], Any]]:
    """Yield the values of a file as they are written: a price is never a float."""
    if isinstance(node, yaml.MappingNode) and node.value:
        for key, value in node.value:
            yield from _leaves(value, (*chemin, key.value))
    elif isinstance(node, yaml.SequenceNode) and node.value and len(chemin) == 1:
        for rank, value in enumerate(node.value):
            yield from _leaves(value, (*chemin, rank))
    elif node is not None:
        yield [*chemin], node


def _text(leaf: Any) -> str:
    if not isinstance(leaf, yaml.ScalarNode) or not leaf.value:
        raise ValueError("une valeur est attendue ici")
    return str(leaf.value)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"debut : « {text} » n'est pas une date comme 2025-08-01") from None


def _price(keys: Sequence[Any], text: str) -> Decimal:
    key = ".".join(map(str, keys))
    keys = key.split(".")  # a key may hold points
    found, figure = _KEY.fullmatch(key), _FIGURE.fullmatch(text)
    if found and key.startswith("c5.soutirage"):
        tarif = elements()["tarifs"].get(found["fta"])
        variable = keys[3] == "variable" and tarif and found["classe"] in tarif["classes"]
        found = found if tarif and (keys[3:] == ["fixe"] or variable) else None
    if not found:
        raise ValueError(f"{key} : aucun prix ne s'appelle ainsi")
    if not figure:
        raise ValueError(f"{key} : « {text[:40]} » n'est pas un prix comme 16.80")
    return Decimal(figure[1])


def _setting(nom: str, text: str) -> Any:
    kind = get_type_hints(Hypotheses).get(nom)
    if kind is None:
        known = ", ".join(get_type_hints(Hypotheses))
        raise ValueError(f"{nom} : règle inconnue, parmi {known}")
    values = ("true", "false") if kind is bool else get_args(kind)
    if kind is Decimal and re.fullmatch(r"\d{1,2}(\.\d{1,3})?", text):
        return Decimal(text)
    if text not in values:
        among = f", parmi {', '.join(values)}" if values else ""
        raise ValueError(f"{nom} : « {text[:40]} » ne convient pas{among}")
    return text == "true" if kind is bool else text

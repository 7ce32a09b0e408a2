"""Trees of documents from what is known, by plans that are data (`arbres.yaml`).

A plan has the names of a grammar. A leaf is the path of a fact (`point.ligne.prm`), of the fact of
the list that is gone through where it begins with a point (`.montant`), or after `=` the text
itself; a list is the path of what it goes through, and the plan of each. What leads to nothing is
left out, and what a version of the grammar doesn't have is when it is written.
"""

from collections.abc import Callable, Mapping
from datetime import date
from importlib.resources import files
from typing import Any

import yaml

from sge_sim.machine.once import computed_once

_Fill = Callable[[Mapping[str, Any]], Any]


@computed_once()
def plans() -> Any:
    """Return the plans, by document."""
    return _read("arbres.yaml")


@computed_once()
def enedis() -> Any:
    """Return what Enedis says of itself in its files, and how it orders them (`enedis.yaml`)."""
    return _read("enedis.yaml")


def _read(nom: str) -> Any:
    return yaml.safe_load(files(__package__).joinpath(nom).read_bytes())


def filled(nom: str, facts: Mapping[str, Any]) -> Any:
    """Return the plan of that name with its facts."""
    return _read_plan(nom)(facts)


@computed_once()
def _read_plan(nom: str) -> _Fill:
    return _fill(plans()[nom])


def _fill(plan: Any) -> _Fill:
    """Return what fills a plan, which is read once: None where none of its facts is known."""
    if isinstance(plan, dict):
        parts = [(nom, _fill(each)) for nom, each in plan.items()]

        def tree(facts: Mapping[str, Any]) -> Any:
            found = {}
            for nom, fill in parts:
                if (value := fill(facts)) is not None:
                    found[nom] = value
            return found or None

        return tree
    if isinstance(plan, list):
        several, row = map(_fill, plan)
        return lambda facts: [row({**facts, "": each}) for each in several(facts) or ()] or None
    if not isinstance(plan, str) or plan.startswith("="):
        text = plan[1:] if isinstance(plan, str) else plan
        return lambda _: text
    first, *path = plan.split(".")
    if not path:
        return lambda facts: facts.get(first)

    def fact(facts: Mapping[str, Any]) -> Any:
        value = facts.get(first)
        for nom in path:
            if value is None:
                return None
            value = value.get(nom) if isinstance(value, dict) else getattr(value, nom)
        return value

    return fact


def instance_of(code_insee: str) -> str:
    """Return the instance of Enedis (DIR) of a commune, by its department."""
    return _instances().get(code_insee[:2], next(iter(enedis()["instances"])))


@computed_once()
def _instances() -> Mapping[str, str]:
    listed = enedis()["instances"].items()
    return {f"{each:0>2}": instance for instance, mine in listed for each in mine}


def version_of(flux: str, jour: date) -> tuple[str, str]:
    """Return how the version of a flux is called on a day, and the grammar that it has."""
    versions = enedis()["versions"]["X12" if flux == "X13" else flux]
    libelle, grammar = versions[max(depuis for depuis in versions if depuis <= jour)]
    return str(libelle), str(grammar)

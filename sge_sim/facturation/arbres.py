"""Trees of documents from what is known, by plans that are data (`arbres.yaml`).

A plan has the names of a grammar. A leaf is the path of a fact (`point.ligne.prm`), of the fact of
the list that is gone through where it begins with a point (`.montant`), or after `=` the text
itself; a list is the path of what it goes through, and the plan of each. What leads to nothing is
left out, and what a version of the grammar doesn't have is when it is written.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

from sge_sim.machine.once import computed_once


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


def filled(plan: Any, facts: Mapping[str, Any]) -> Any:
    """Return a plan with its facts; None where it has none at all."""
    if isinstance(plan, dict):
        tree = {nom: filled(each, facts) for nom, each in plan.items()}
        return {nom: value for nom, value in tree.items() if value is not None} or None
    if isinstance(plan, list):
        path, inner = plan
        rows = [filled(inner, {**facts, "": each}) for each in _fact(path, facts) or ()]
        return rows or None
    if not isinstance(plan, str):
        return plan
    return plan[1:] if plan.startswith("=") else _fact(plan, facts)


def _fact(path: str, facts: Any) -> Any:
    for nom in path.split("."):
        if isinstance(facts, Mapping):
            facts = facts.get(nom)
        else:
            facts = None if facts is None else getattr(facts, nom)
    return facts

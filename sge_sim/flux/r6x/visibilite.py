"""Who may see which field of C68 (GUI 0504 §3.1): `situation.yaml` lists them.

A field is of everybody, of who has the client's agreement, or of the incumbent supplier alone.
"""

from collections.abc import Mapping
from enum import IntEnum
from importlib.resources import files
from typing import Any

import yaml

from sge_sim.machine.once import computed_once


class Visibilite(IntEnum):
    """What a demandeur may see; each sees what those before see."""

    TOUS = 0
    ACCORD = 1
    TITULAIRE = 2


@computed_once()
def declared() -> Mapping[str, Any]:
    """Return what C68 tells, and who may see it."""
    text = files("sge_sim.flux.r6x").joinpath("situation.yaml").read_bytes()
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def seen_by(visibilite: Visibilite, tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that a demandeur may see; a block left empty is left out."""
    hidden: list[str] = declared()["titulaire"] if visibilite < Visibilite.TITULAIRE else []
    hidden = hidden + (declared()["accord"] if visibilite < Visibilite.ACCORD else [])
    return _without(frozenset(hidden), "", tree)


def _without(hidden: frozenset[str], above: str, tree: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in tree.items():
        path = f"{above}{name}"
        if path in hidden:
            continue
        if isinstance(value, Mapping):
            value = _without(hidden, f"{path}.", value)
        elif isinstance(value, list):
            value = [
                _without(hidden, f"{path}.", item) if isinstance(item, Mapping) else item
                for item in value
            ]
            value = [item for item in value if item not in ({}, None)]
        if value not in (None, {}, []):
            kept[name] = value
    return kept

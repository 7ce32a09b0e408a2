"""Shapes that the answers of several services share."""

from collections.abc import Mapping
from typing import Any

from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.libelles import libelle_de
from sge_sim.soap.protocol import Tree


def coded(liste: str, code: str) -> dict[str, Any]:
    """Return a code and its label from the list of values `liste`."""
    return {"code": code, "libelle": libelle_de(liste, code)}


def quantity(valeur: int, unite: str) -> Tree:
    """Return a value and its unit."""
    return {"valeur": valeur, "unite": unite}


def ranked(prestation: Prestation) -> Tree:
    """Return the only prestation of an order, of rank 1."""
    tree = {
        "rang": 1,
        "fiche": present({"code": prestation.fiche, "libelle": prestation.fiche_libelle}),
    }
    if prestation.option is not None:
        tree["option"] = present({"code": prestation.option, "libelle": prestation.option_libelle})
    return tree


def present(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that have something to say: neither None nor an empty block."""
    return {name: value for name, value in members.items() if value not in (None, {}, [])}

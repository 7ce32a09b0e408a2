"""Holds a folder, and what its clients were told, to the invariants of `invariants.yaml`."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import invariants_commandes
import invariants_dossier
import invariants_flux
import invariants_grd
import invariants_journal
import yaml
from modele import Modele
from modele_vue import Vue, stored
from recits import TOUJOURS

_MONTRES: Final = 3
_MARGE: Final = timedelta(hours=1)
_SUITE: Final = 40
"""How many of the last publications are looked at again."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold: who says it (`source`), after what it is checked (`suit`), and how."""

    nom: str
    source: str
    suit: frozenset[str]
    rien: str = ""
    journal: str = ""
    fait: str = ""

    def wrong(self, vue: Vue, modele: Modele) -> Iterator[str]:
        """Yield what is wrong, a few of what is many."""
        if self.fait:
            yield from FAITS[self.fait](vue, modele)
        elif self.rien or self.journal:
            for row in vue.rows(self.rien or self.journal, "base" if self.rien else "journal"):
                yield " ".join(map(str, row))


Fait = Callable[[Vue, Modele], Iterator[str]]
FAITS: Final[dict[str, Fait]] = {
    name: function
    for module in (
        *(invariants_commandes, invariants_dossier, invariants_flux, invariants_grd),
        invariants_journal,
    )
    for name, function in vars(module).items()
    if callable(function) and getattr(function, "__module__", "") == module.__name__
}

PREUVES: Final = (
    *("acquittees", "acquittees_m023", "de_trop", "arrets", "consentements", "pannes"),
    *("affaires_contractuelles", "deja_vus"),
)
"""What tells one state from another."""


@cache
def invariants() -> tuple[Invariant, ...]:
    """Return all of them, in the order of their table."""
    declared = yaml.load(Path(__file__).with_suffix(".yaml").read_bytes(), yaml.CSafeLoader)
    return tuple(Invariant(**{**each, "suit": frozenset(each["suit"])}) for each in declared)


def check(
    dossier: Path, modele: Modele, touched: Collection[str], whole: bool
) -> list[tuple[str, str]]:
    """Return what doesn't hold, each with its detail.

    After a step, what it touched is held to it; `whole`, all of it.
    """
    if modele.choix:
        _choose(dossier, modele)
    found = modele.fautes + modele.etat.mesures.fautes
    modele.fautes, modele.etat.mesures.fautes = [], []
    prms = None if whole or "horloge" in touched else frozenset(modele.prms)
    depuis = None if whole else _depuis(modele)
    with Vue(dossier, vivant=not modele.mort, prms=prms, depuis=depuis) as vue:
        vue.params = params_of(vue, modele, whole)
        for each in invariants():
            if whole or not each.suit.isdisjoint(touched) or each.suit & TOUJOURS:
                found += [(each.nom, detail) for detail in _some(each.wrong(vue, modele))]
        found += modele.etat.mesures.fautes  # what files contradict
        modele.etat.mesures.fautes = []
        modele.checked(vue)
    return found


def _choose(dossier: Path, modele: Modele) -> None:
    """Find which state has come back, or whether one has, where nobody was told."""
    may_be, modele.choix = [modele.etat, *modele.choix], []
    with Vue(dossier, vivant=not modele.mort) as vue:
        vue.params = params_of(vue, modele, True)
        for etat in may_be:
            modele.etat = etat
            if not any(_some(FAITS[name](vue, modele)) for name in PREUVES):
                return
    modele.etat = may_be[0]


def params_of(vue: Vue, modele: Modele, whole: bool) -> dict[str, Any]:
    """Return what queries may name."""
    ((maintenant,),) = vue.rows("SELECT instant FROM main.clock") or [(None,)]
    if maintenant is None and modele.dernier is not None:  # it runs
        maintenant = stored(modele.dernier + _MARGE)
    rattrape = modele.etat.rattrape
    return {
        "maintenant": maintenant,
        "rattrape": None if rattrape is None else stored(rattrape),
        "fins": modele.fins + modele.defauts,
        "tout": whole,
        "lus": 0 if whole else modele.memoire.get("échanges", (0,))[0],
    }


def _depuis(modele: Modele) -> dict[str, int]:
    return {table: max(number - _SUITE, 0) for table, number in modele.etat.vus.items()}


def _some(details: Iterator[str]) -> list[str]:
    found = []
    for each in details:
        found.append(each[:300])
        if len(found) == _MONTRES:
            break
    return found

"""Writes the readings of a point as a tree: contexts, quantities, calendars, classes, registers.

Names and order are those of ConsultationMesuresDetaillees v3.0; R64 and Data Connect repeat them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from sge_sim.mesures.horodates import Stamp, write_stamps
from sge_sim.mesures.lecture import UNITES
from sge_sim.mesures.releves import Contexte, GrandeurRelevee, Registre

Arbre = dict[str, Any]
Valeurs = Callable[[Sequence[tuple[str, Registre]]], Iterable[Any]]
"""Writes the readings of registers, each with its quantity: all of a point at once, in their order.
"""
DISTRIBUTEUR: Final = "D"
"""What the codes of the distributor's calendars begin with: DI000003, or D where it has no code."""

_COTES: Final = ("Fournisseur", "Distributeur")


@dataclass(frozen=True)
class ArbreReleves:
    """How readings are written by who sends them, in the direction `metier` (CONS or PROD).

    `grilles`: it says whose grid a calendar is of. `grandeur` is added to what it says of any
    quantity before its calendars. `motifs`: how it calls the reasons of what is read on the spot,
    by their code; a code that isn't there stands for itself; None: no reason is given.
    """

    metier: str
    valeurs: Valeurs
    grilles: bool = False
    grandeur: Mapping[str, Any] = field(default_factory=dict)
    motifs: Mapping[str, str] | None = None

    def write(self, contextes: Sequence[Contexte]) -> list[Arbre]:
        """Return each context and all that it holds; a register without name has none."""
        relevees = [relevee for contexte in contextes for relevee in contexte.grandeurs]
        valeurs = iter(
            self.valeurs(
                [
                    (relevee.grandeur, registre)
                    for relevee in relevees
                    for registre in _registres(relevee)
                ]
            )
        )
        return [
            {
                "etapeMetier": "BRUT",
                "contexteReleve": contexte.contexte,
                "typeReleve": contexte.type,
                **(
                    {}
                    if contexte.motif is None or self.motifs is None
                    else {"motifReleve": self.motifs.get(contexte.motif, contexte.motif)}
                ),
                "grandeur": [self._grandeur(relevee, valeurs) for relevee in contexte.grandeurs],
            }
            for contexte in contextes
        ]

    def _grandeur(self, relevee: GrandeurRelevee, valeurs: Iterator[Any]) -> Arbre:
        arbre: Arbre = {
            "grandeurMetier": self.metier,
            "grandeurPhysique": relevee.grandeur,
            "unite": relevee.unite or UNITES[relevee.grandeur],
            **self.grandeur,
            "calendrier": [
                {
                    "idCalendrier": calendrier.code,
                    "libelleCalendrier": calendrier.libelle,
                    **(
                        {"libelleGrille": _COTES[calendrier.code.startswith(DISTRIBUTEUR)]}
                        if self.grilles
                        else {}
                    ),
                    "classeTemporelle": [
                        {
                            "idClasseTemporelle": registre.classe,
                            "libelleClasseTemporelle": registre.libelle,
                            **_registre(registre, valeurs),
                        }
                        for registre in calendrier.registres
                    ],
                }
                for calendrier in relevee.calendriers
            ],
        }
        if relevee.total is not None:
            arbre["cadranTotalisateur"] = _registre(relevee.total, valeurs)
        return arbre


def _registres(relevee: GrandeurRelevee) -> Iterator[Registre]:
    """The registers of a quantity, in the order in which they are written."""
    for calendrier in relevee.calendriers:
        yield from calendrier.registres
    if relevee.total is not None:
        yield relevee.total


def _registre(registre: Registre, valeurs: Iterator[Any]) -> Arbre:
    cadran = {} if registre.cadran is None else {"codeCadran": registre.cadran}
    return {**cadran, "valeur": next(valeurs)}


def dated_values(plausibles: Mapping[str, int]) -> Valeurs:
    """Return what writes readings as JSON has them, each with what says whether it is plausible
    (`iv`): that of its quantity in `plausibles`, null without one."""

    def write(registres: Sequence[tuple[str, Registre]]) -> list[list[Arbre]]:
        if not registres:
            return []
        horodates, decalages = (
            np.concatenate([getattr(registre, of) for _, registre in registres])
            for of in ("horodates", "decalages")
        )
        # Those of a register are taken as its values come, which end first.
        stamps = iter(write_stamps(Stamp.NAIF, horodates, decalages))
        return [
            [
                {"d": d, "v": v, "iv": plausibles.get(grandeur)}
                for v, d in zip(registre.valeurs.tolist(), stamps, strict=False)
            ]
            for grandeur, registre in registres
        ]

    return write

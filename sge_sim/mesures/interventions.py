"""What is done to a meter, and the readings that tell of it: the one source of both.

A remote re-programming (TOP) is read before (AV), at (AS) and after it (AP); a meter that is
replaced, on the spot (CRI) as it goes: AS of a small one, LC of a large one (GUI 0497 p. 17-18).
The daily reading of that day is the new one's first. Registers go on through a re-programming,
since the calendar stays (inferred).
"""

from datetime import date
from typing import Final, NamedTuple

import numpy as np

from sge_sim.mesures.calendrier import decalages, minuits
from sge_sim.mesures.index import (
    CADRANS_DISTRIBUTEUR,
    CADRANS_FOURNISSEUR,
    Index,
    index_aux,
    registres_de_depose,
)
from sge_sim.mesures.point import Grandeur, PointMesure

MINUTE_DE_LA_PROGRAMMATION: Final = 2
"""Minute of the night of a remote re-programming (observed 2024 of an activation of a calendar)."""


class Intervention(NamedTuple):
    """Readings of one kind: their context, their type, and the days they were taken on."""

    contexte: str
    type: str
    jours: tuple[date, ...]


def interventions_entre(point: PointMesure, debut: date, fin: date) -> list[Intervention]:
    """Return the readings that interventions gave over the legal days [debut, fin)."""
    found = []
    programmes = tuple(
        programme.depuis
        for programme in point.heures_creuses[1:]
        if debut <= programme.depuis < fin
    )
    if programmes and point.petit:
        found += [Intervention("TOP", type, programmes) for type in ("AV", "AS", "AP")]
    changes = tuple(
        compteur.pose for compteur in point.compteurs[1:] if debut <= compteur.pose < fin
    )
    if changes:
        found.append(Intervention("CRI", "AS" if point.petit else "LC", changes))
    return found


def index_d_intervention(
    point: PointMesure, intervention: Intervention, grandeur: Grandeur = Grandeur.PA
) -> Index:
    """Return the registers that were read; those of a meter that goes, of active energy alone."""
    jours = intervention.jours
    if intervention.contexte == "TOP":
        return index_aux(point, jours, MINUTE_DE_LA_PROGRAMMATION, grandeur)
    old = [compteur for compteur in point.compteurs if compteur.depose in jours]
    last = np.stack([registres_de_depose(point, compteur) for compteur in old], axis=1)
    horodates = np.array([minuits(jour, jour)[0] for jour in jours])
    grids = CADRANS_FOURNISSEUR + CADRANS_DISTRIBUTEUR
    return Index(
        horodates=horodates,
        decalages=decalages(horodates),
        fournisseur=last[:CADRANS_FOURNISSEUR],
        distributeur=last[CADRANS_FOURNISSEUR:grids],
        total=last[grids],
        valides=np.full(len(old), grandeur is Grandeur.PA),
    )

"""What is done to a meter, and the readings that tell of it: the one source of both.

A remote re-programming (TOP) is read before (AV), at (AS) and after it (AP); a meter is read as it
goes and as it comes, on the spot (CRI), with the reason: AS of a small one, LC of a large one. Who
asks for the indexes of a large meter within the day has it read then (CRD, RC) (GUI 0497 p. 17-18;
that « fournisseur » in the reasons means no more, that the first meter of a point is told too, and
that a demand of CommandeTransmissionDonneesInfraJ is what CRD reports: assumed).

The daily reading of that day is the new meter's first. Registers go on through a re-programming,
since the calendar stays (inferred).
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from sge_sim.clock import legal_date
from sge_sim.mesures.calendrier import decalages, minuits
from sge_sim.mesures.index import (
    CADRANS_DISTRIBUTEUR,
    CADRANS_FOURNISSEUR,
    Index,
    index_at,
    index_aux,
    registres_de_depose,
)
from sge_sim.mesures.point import Grandeur, PointMesure

MINUTE_DE_LA_PROGRAMMATION: Final = 2
"""Minute of the night of a remote re-programming (observed 2024 of an activation of a calendar)."""
POSE, DEPOSE = "POSE_FOURNISSEUR", "DEPOSE_FOURNISSEUR"


class Intervention(NamedTuple):
    """Readings of one kind over the legal days [debut, fin): their context, their type, why."""

    contexte: str
    type: str
    debut: date
    fin: date
    motif: str | None = None


def find_interventions(point: PointMesure, debut: date, fin: date) -> Iterator[Intervention]:
    """Yield the kinds of readings that something gave over the legal days [debut, fin)."""
    days = debut, fin
    if point.petit and _programmed(point, *days):
        for type in ("AV", "AS", "AP"):
            yield Intervention("TOP", type, *days)
    on_the_spot = "AS" if point.petit else "LC"
    for motif, changes in (
        (DEPOSE, [compteur.depose for compteur in point.compteurs]),
        (POSE, [compteur.pose for compteur in point.compteurs]),
    ):
        if any(jour is not None and debut <= jour < fin for jour in changes):
            yield Intervention("CRI", on_the_spot, *days, motif)
    if any(debut <= legal_date(instant) < fin for instant in point.ponctuels):
        yield Intervention("CRD", "RC", *days)


def index_d_intervention(
    point: PointMesure, intervention: Intervention, grandeur: Grandeur = Grandeur.PA
) -> Index:
    """Return the registers that were read; those of a meter that goes, of active energy alone."""
    debut, fin = intervention.debut, intervention.fin
    match intervention:
        case Intervention(contexte="TOP"):
            jours = _programmed(point, debut, fin)
            return index_aux(point, jours, MINUTE_DE_LA_PROGRAMMATION, grandeur)
        case Intervention(contexte="CRD"):
            asked = [each for each in point.ponctuels if debut <= legal_date(each) < fin]
            return index_at(point, asked, grandeur)
        case Intervention(motif="POSE_FOURNISSEUR"):
            poses = [compteur.pose for compteur in point.compteurs if debut <= compteur.pose < fin]
            return index_aux(point, poses, 0, grandeur)
        case _:
            return _index_de_deposes(point, debut, fin, grandeur)


def _programmed(point: PointMesure, debut: date, fin: date) -> list[date]:
    """Return the days of [debut, fin) on which the off-peak hours were re-programmed."""
    return [each.depuis for each in point.heures_creuses[1:] if debut <= each.depuis < fin]


def _index_de_deposes(point: PointMesure, debut: date, fin: date, grandeur: Grandeur) -> Index:
    old = [
        (compteur.depose, registres_de_depose(point, compteur))
        for compteur in point.compteurs
        if compteur.depose is not None and debut <= compteur.depose < fin
    ]
    last = np.stack([registres for _, registres in old], axis=1)
    horodates = np.array([minuits(jour, jour)[0] for jour, _ in old])
    grids = CADRANS_FOURNISSEUR + CADRANS_DISTRIBUTEUR
    return Index(
        horodates=horodates,
        decalages=decalages(horodates),
        fournisseur=last[:CADRANS_FOURNISSEUR],
        distributeur=last[CADRANS_FOURNISSEUR:grids],
        total=last[grids],
        valides=np.full(len(old), grandeur is Grandeur.PA),
    )

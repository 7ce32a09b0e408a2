"""What happened behind the meter of a point: the truth, which no answer and no file tells."""

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT
from sge_sim.mesures import PointMesure
from sge_sim.mesures.calendrier import jour_de
from sge_sim.mesures.entrees_datees import find_contact
from sge_sim.mesures.evenements import LIBELLES, PeriodeDeVie, find_periodes
from sge_sim.mesures.installations import find_installation
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.referentiel.points import get_point
from sge_sim.tables.mesures import read_mesures_facts


def read_histoire(session: Session, prm: str, today: date) -> list[dict[str, Any]]:
    """Return what happened to a point from its first meter until `today`, oldest first: legal days.

    What changes nothing of what is measured isn't told, such as insulation where gas heats. Raises
    `UsageError` when there is no such point.
    """
    point = get_point(session, prm)
    mesure = point_mesure(point, read_mesures_facts(session, prm), SENS_OF_SEGMENT[point.segment])
    if mesure is None:
        return []
    arrivees = [
        (jour, "mise_en_service", "Le titulaire arrive, par une mise en service.")
        for jour in (point.date_mise_en_service,)
        if jour is not None and jour not in mesure.arrivees
    ]
    found = [
        (jour_de(apres.debut), apres.cause, LIBELLES[apres.cause])
        for avant, apres in pairwise(find_periodes(mesure))
        if _changes(mesure, avant, apres)
    ]
    return [
        {"jour": jour.isoformat(), "evenement": nom, "libelle": libelle}
        for jour, nom, libelle in sorted((*arrivees, *found))
        if mesure.compteurs[0].pose <= jour <= today
    ]


def _changes(point: PointMesure, avant: PeriodeDeVie, apres: PeriodeDeVie) -> bool:
    """Tell whether an event changes what is measured."""
    if apres.cause == "centrale":
        return point.couple is None
    contact = find_contact(point, jour_de(apres.debut))
    before, after = (
        [np.asarray(column, np.object_) for column in find_installation(point, *contact, each.etat)]
        for each in (avant, apres)
    )
    return not all(map(np.array_equal, before, after))

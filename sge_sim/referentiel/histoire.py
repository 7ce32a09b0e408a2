"""What happened behind the meter of a point: the truth, which no answer and no file tells."""

from datetime import date
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT
from sge_sim.mesures.calendrier import jour_de, numero
from sge_sim.mesures.climat import TYPES
from sge_sim.mesures.entrees_datees import find_contact
from sge_sim.mesures.evenements import evenements, find_periodes
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
    arrivee, found = point.date_mise_en_service, []
    if arrivee is not None and arrivee not in mesure.arrivees:
        found = [(arrivee, "mise_en_service", "Le titulaire arrive, par une mise en service.")]
    periodes = find_periodes(mesure, numero(today) + 1)
    inst = find_installation(mesure, *find_contact(mesure, today), periodes)
    columns = np.concatenate((inst.energies, inst.lignes))
    steps = np.diff(columns.reshape(len(columns), -1, TYPES), axis=1)
    changes = np.asarray(steps.any(axis=(0, 2))).tolist()
    for periode, change in zip(periodes, changes, strict=True):
        if change or (periode.cause == "centrale" and mesure.couple is None):
            libelle = evenements()["libelles"][periode.cause]
            found.append((jour_de(periode.debut), periode.cause, libelle))
    return [
        {"jour": jour.isoformat(), "evenement": nom, "libelle": libelle}
        for jour, nom, libelle in sorted(found)
        if mesure.compteurs[0].pose <= jour <= today
    ]

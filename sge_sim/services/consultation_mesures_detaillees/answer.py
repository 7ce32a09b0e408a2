"""What the answers of both versions have in common."""

from collections.abc import Callable, Sequence
from typing import Any

from sge_sim.mesures import PuissanceMensuelle
from sge_sim.mesures.lecture import UNITES
from sge_sim.mesures.series import Serie
from sge_sim.services.consultation_mesures_detaillees.demande import DemandeDetaillees
from sge_sim.soap.writer import Ligne, write_rows


def heading(demande: DemandeDetaillees, *, corrigees: bool) -> dict[str, Any]:
    """Return what comes before the series; the period is the one that was asked (observed)."""
    return {
        "pointId": demande.prm,
        "mesuresCorrigees": "BEST" if corrigees else "BRUT",
        "periode": {"dateDebut": demande.debut, "dateFin": demande.fin},
    }


def grandeur(
    demande: DemandeDetaillees,
    serie: Serie,
    name: str,
    lignes: Sequence[Ligne],
    month: Callable[[PuissanceMensuelle], str],
) -> dict[str, Any]:
    """Return a block of measures: its rows are elements `name`, those of each part as its line.

    `month` writes a monthly maximum.
    """
    if serie.mois:
        rows = [month(mois).encode() for mois in serie.mois]
    else:
        rows = [
            write_rows(ligne, each.horodates, each.decalages, each.valeurs)
            for ligne, each in zip(lignes, serie.troncons, strict=True)
        ]
    return {
        "grandeurMetier": demande.metier,
        "grandeurPhysique": serie.grandeur,
        "unite": UNITES[serie.grandeur],
        name: b"".join(rows),
    }

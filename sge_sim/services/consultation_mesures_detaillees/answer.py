"""What the answers of both versions have in common."""

from collections.abc import Callable
from typing import Any

from sge_sim.mesures import PuissanceMensuelle
from sge_sim.services.consultation_mesures_detaillees.demande import Demande
from sge_sim.services.consultation_mesures_detaillees.series import Serie, Troncon
from sge_sim.soap.writer import Ligne, write_rows


def heading(demande: Demande, *, corrigees: bool) -> dict[str, Any]:
    """Return what comes before the series; the period is the one that was asked (observed)."""
    return {
        "pointId": demande.prm,
        "mesuresCorrigees": "BEST" if corrigees else "BRUT",
        "periode": {"dateDebut": demande.debut, "dateFin": demande.fin},
    }


def grandeur(
    demande: Demande,
    serie: Serie,
    name: str,
    ligne: Callable[[Troncon], Ligne],
    month: Callable[[PuissanceMensuelle], str],
) -> dict[str, Any]:
    """Return a block of measures: its rows are elements `name`, written as `ligne` and `month` say.

    `month` writes a monthly maximum.
    """
    if serie.mois:
        rows = [month(mois).encode() for mois in serie.mois]
    else:
        rows = [
            write_rows(ligne(each), each.horodates, each.decalages, each.valeurs)
            for each in serie.troncons
        ]
    return {
        "grandeurMetier": demande.metier,
        "grandeurPhysique": serie.grandeur,
        "unite": serie.unite,
        name: b"".join(rows),
    }

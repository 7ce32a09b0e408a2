"""What the answers of both versions have in common."""

from collections.abc import Sequence
from typing import Any

from sge_sim.mesures import PuissanceMensuelle, minuits
from sge_sim.mesures.calendrier import decalages
from sge_sim.services.consultation_mesures_detaillees.demande import Demande
from sge_sim.services.consultation_mesures_detaillees.series import UNITES, Serie
from sge_sim.soap.writer import NIL, Ligne, Stamp, write_rows, write_stamps


def heading(demande: Demande, *, corrigees: bool) -> dict[str, Any]:
    """Return what comes before the series; the period is the one that was asked (observed)."""
    return {
        "pointId": demande.prm,
        "mesuresCorrigees": "BEST" if corrigees else "BRUT",
        "periode": {"dateDebut": demande.debut, "dateFin": demande.fin},
    }


def grandeur(
    demande: Demande, serie: Serie, name: str, stamp: Stamp, lignes: Sequence[Ligne]
) -> dict[str, Any]:
    """Return a block of measures: its rows are elements `name`, those of each part as its line."""
    if serie.mois:
        rows = [_month(mois, name, stamp) for mois in serie.mois]
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


def _month(mois: PuissanceMensuelle, name: str, stamp: Stamp) -> bytes:
    """A monthly maximum is stamped at the start of its month; too few days give an empty value."""
    minuit = minuits(mois.mois, mois.mois)
    (d,) = write_stamps(stamp, minuit, decalages(minuit))
    v = f"<v {NIL}/>" if mois.valeur is None else f"<v>{mois.valeur}</v>"
    return f"<{name}>{v}<d>{d}</d></{name}>".encode()

"""What v2.0 answers: aware stamps with milliseconds (observed 2022).

Stamps are those observed, the start of the step for C1-C4 and its end for C5: the guide has them
the other way round.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from sge_sim.mesures import PuissanceMensuelle, minuits
from sge_sim.mesures.calendrier import decalages
from sge_sim.mesures.horodates import Stamp, write_stamps
from sge_sim.mesures.series import Serie, Troncon
from sge_sim.services.consultation_mesures_detaillees.answer import grandeur, heading
from sge_sim.services.consultation_mesures_detaillees.demande import DemandeDetaillees
from sge_sim.soap.protocol import Tree
from sge_sim.soap.writer import NIL, Ligne

_HEURE = 3600
_DAILY = Ligne("<mesure><v>{v}</v><d>{d}</d></mesure>", Stamp.AVEC_DECALAGE)


def response(demande: DemandeDetaillees, series: Sequence[Serie], *, corrigees: bool) -> Tree:
    """Return the response, with nothing in it at all where there is no measure (GUI 0488)."""
    if not series:
        return {}
    rows = [[_row(troncon) for troncon in serie.troncons] for serie in series]
    return {
        **heading(demande, corrigees=corrigees),
        "grandeur": [
            grandeur(demande, serie, "mesure", lignes, _month)
            for serie, lignes in zip(series, rows, strict=True)
        ],
    }


def with_hour_repeated(series: Sequence[Serie]) -> tuple[Serie, ...]:
    """Return series whose stamps are the same in both passes of the hour that autumn repeats.

    Both have the offset of winter, which is wrong of the first (observed in homologation).
    """
    return tuple(one._replace(troncons=tuple(map(_repeated, one.troncons))) for one in series)


def _repeated(troncon: Troncon) -> Troncon:
    plus_tard = troncon.horodates + _HEURE
    premier_passage = decalages(plus_tard) < troncon.decalages
    return troncon._replace(
        horodates=np.where(premier_passage, plus_tard, troncon.horodates),
        decalages=np.where(premier_passage, _HEURE, troncon.decalages),
    )


def _month(mois: PuissanceMensuelle) -> str:
    """It is stamped at the start of its month; too few days give an empty value (GUI 0488)."""
    minuit = minuits(mois.mois, mois.mois)
    (d,) = write_stamps(Stamp.AVEC_DECALAGE, minuit, decalages(minuit))
    v = f"<v {NIL}/>" if mois.valeur is None else f"<v>{mois.valeur}</v>"
    return f"<mesure>{v}<d>{d}</d></mesure>"


def _row(troncon: Troncon) -> Ligne:
    return _DAILY if troncon.pas is None else _step(troncon.pas, troncon.nature)


@cache
def _step(pas: int, nature: str | None) -> Ligne:
    return Ligne(
        f"<mesure><v>{{v}}</v><d>{{d}}</d><p>PT{pas}M</p><n>{nature}</n></mesure>",
        Stamp.AVEC_DECALAGE,
    )

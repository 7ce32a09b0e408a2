"""What both versions answer (GUI 0497 v1.5.0): v2.0 and v3.0 write the same values otherwise.

v2.0 has aware stamps with milliseconds (observed 2022), v3.0 naive legal stamps, trailing fields
and indexes by calendar (observed 2023). The stamps of v2.0 are those observed, the start of the
step for C1-C4 and its end for C5: the guide has them the other way round. Monthly maxima of v3.0
are as in its guide.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures import PuissanceMensuelle, minuits
from sge_sim.mesures.calendrier import decalages
from sge_sim.mesures.horodates import Stamp, write_stamps
from sge_sim.mesures.lecture import UNITES
from sge_sim.mesures.releves import Contexte, Registre
from sge_sim.mesures.series import BRUT, TRAITEMENTS, Serie, Troncon
from sge_sim.services.consultation_mesures_detaillees.demande import DemandeDetaillees
from sge_sim.soap.arbre_releves import ArbreReleves
from sge_sim.soap.protocol import Tree
from sge_sim.soap.rows import NIL, ModeleLigne, write_rows


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
    row: Callable[[Troncon], ModeleLigne],
    month: Callable[[PuissanceMensuelle], str],
) -> dict[str, Any]:
    """Return a block of measures: its rows are elements `name`, those of each part as its `row`.

    `month` writes a monthly maximum.
    """
    if serie.mois:
        rows = [month(mois).encode() for mois in serie.mois]
    else:
        rows = [
            write_rows(row(each), each.horodates, each.decalages, each.valeurs)
            for each in serie.troncons
        ]
    return {
        "grandeurMetier": demande.metier,
        "grandeurPhysique": serie.grandeur,
        "unite": UNITES[serie.grandeur],
        name: b"".join(rows),
    }


_HEURE = 3600
_DAILY = ModeleLigne("<mesure><v>{v}</v><d>{d}</d></mesure>", Stamp.AVEC_DECALAGE)


def response_v2(demande: DemandeDetaillees, series: Sequence[Serie], *, corrigees: bool) -> Tree:
    """Return the response of v2.0: nothing at all where there is no measure (GUI 0488)."""
    if not series:
        return {}
    return {
        **heading(demande, corrigees=corrigees),
        "grandeur": [grandeur(demande, serie, "mesure", _row_v2, _month_v2) for serie in series],
    }


def with_hour_repeated(series: Sequence[Serie]) -> tuple[Serie, ...]:
    """Return series whose stamps are the same in both passes of the hour that autumn repeats.

    Both have the offset of winter, which is wrong of the first (observed in homologation).
    """
    return tuple(serie._replace(troncons=tuple(map(_repeated, serie.troncons))) for serie in series)


def _repeated(troncon: Troncon) -> Troncon:
    plus_tard = troncon.horodates + _HEURE
    premier_passage = decalages(plus_tard) < troncon.decalages
    return troncon._replace(
        horodates=np.where(premier_passage, plus_tard, troncon.horodates),
        decalages=np.where(premier_passage, _HEURE, troncon.decalages),
    )


def _month_v2(mois: PuissanceMensuelle) -> str:
    """It is stamped at the start of its month; too few days give an empty value (GUI 0488)."""
    minuit = minuits(mois.mois, mois.mois)
    (d,) = write_stamps(Stamp.AVEC_DECALAGE, minuit, decalages(minuit))
    v = f"<v {NIL}/>" if mois.valeur is None else f"<v>{mois.valeur}</v>"
    return f"<mesure>{v}<d>{d}</d></mesure>"


def _row_v2(troncon: Troncon) -> ModeleLigne:
    return _DAILY if troncon.pas is None else _step_v2(troncon.pas, troncon.nature)


@computed_once()
def _step_v2(pas: int, nature: str | None) -> ModeleLigne:
    return ModeleLigne(
        f"<mesure><v>{{v}}</v><d>{{d}}</d><p>PT{pas}M</p><n>{nature}</n></mesure>",
        Stamp.AVEC_DECALAGE,
    )


_DAY = ModeleLigne("<points><v>{v}</v><d>{d}</d></points>", Stamp.JOUR)
_INSTANT = ModeleLigne("<points><v>{v}</v><d>{d}</d></points>", Stamp.NAIF)
_INDEX = ModeleLigne("<valeur><d>{d}</d><v>{v}</v><iv>0</iv></valeur>", Stamp.NAIF)
_QUALITE: Mapping[str | None, str] = {
    BRUT: "<iv>0</iv><ec>0</ec>",
    **{nature: f"<tc>{traitement}</tc>" for nature, traitement in TRAITEMENTS.items()},
}
"""What follows the nature of a point: plausible and complete, said of each point of a C5 curve, not
of the others (observed 2023); how it was corrected."""


def response_v3(
    demande: DemandeDetaillees, series: Sequence[Serie], *, corrigees: bool, petit: bool
) -> Tree:
    """Return the response of v3.0 to a demand of curves, energies or maximum powers."""
    if not series:
        return {}
    row, trailer = partial(_row_v3, demande), _trailer(demande, petit=petit)
    return {
        **heading(demande, corrigees=corrigees),
        "grandeur": [grandeur(demande, serie, "points", row, _month_v3) for serie in series],
        **trailer,
    }


def index_response(demande: DemandeDetaillees, contextes: Sequence[Contexte]) -> Tree:
    """Return the response of v3.0 for indexes: neither `mesuresCorrigees` nor a trailer."""
    if not contextes:
        return {}
    tree = heading(demande, corrigees=False)
    del tree["mesuresCorrigees"]
    return {**tree, "contexte": ArbreReleves(demande.metier, _readings, motifs={}).write(contextes)}


def _trailer(demande: DemandeDetaillees, *, petit: bool) -> dict[str, str]:
    """Say how the values were made, in the words that were observed."""
    match demande.type:
        case "COURBE":
            return {"modeCalcul": "MESURE"}
        case "ENERGIE":
            calcul = "DIFF.INDEX" if petit else "INTEG.COURBE"
            return {"typeValeur": "GLOBALE", "modeCalcul": calcul, "pas": "P1D"}
        case _:
            return {"modeCalcul": "MESURE", "pas": demande.pas or "P1D"}


def _month_v3(mois: PuissanceMensuelle) -> str:
    """It has its month alone; with too few days it has the text `null` (GUI 0497 v1.5.0)."""
    v = "null" if mois.valeur is None else mois.valeur
    return f"<points><v>{v}</v><d>{mois.mois:%Y-%m}</d></points>"


def _row_v3(demande: DemandeDetaillees, troncon: Troncon) -> ModeleLigne:
    if troncon.pas is None:
        return _DAY if demande.type == "ENERGIE" else _INSTANT
    return _step_v3(troncon.pas, troncon.nature)


@computed_once()
def _step_v3(pas: int, nature: str | None) -> ModeleLigne:
    quality = _QUALITE.get(nature, "")
    return ModeleLigne(
        f"<points><v>{{v}}</v><d>{{d}}</d><p>PT{pas}M</p><n>{nature}</n>{quality}</points>",
        Stamp.NAIF,
    )


def _readings(registres: Iterable[tuple[str, Registre]]) -> list[bytes]:
    return [
        write_rows(_INDEX, registre.horodates, registre.decalages, registre.valeurs)
        for _, registre in registres
    ]

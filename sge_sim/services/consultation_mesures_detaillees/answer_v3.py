"""What v3.0 answers: naive legal stamps, trailing fields, indexes by calendar (observed 2023).

Monthly maxima are as in its guide (GUI 0497 v1.5.0).
"""

from collections.abc import Mapping, Sequence
from functools import cache

from sge_sim.mesures import PuissanceMensuelle
from sge_sim.mesures.horodates import Stamp
from sge_sim.mesures.releves import Contexte, Registre
from sge_sim.mesures.series import BRUT, ESTIME, INTERPOLATION, Serie, Troncon
from sge_sim.services.consultation_mesures_detaillees.answer import grandeur, heading
from sge_sim.services.consultation_mesures_detaillees.demande import DemandeDetaillees
from sge_sim.soap.arbre_releves import ArbreReleves
from sge_sim.soap.protocol import Tree
from sge_sim.soap.writer import Ligne, write_rows

_DAY = Ligne("<points><v>{v}</v><d>{d}</d></points>", Stamp.JOUR)
_INSTANT = Ligne("<points><v>{v}</v><d>{d}</d></points>", Stamp.NAIF)
_INDEX = Ligne("<valeur><d>{d}</d><v>{v}</v><iv>0</iv></valeur>", Stamp.NAIF)
_QUALITE: Mapping[str | None, str] = {
    BRUT: "<iv>0</iv><ec>0</ec>",
    ESTIME: f"<tc>{INTERPOLATION}</tc>",
}
"""What follows the nature of a point: plausible and complete, said of each point of a C5 curve, not
of the others (observed 2023); how it was estimated."""


def response(
    demande: DemandeDetaillees, series: Sequence[Serie], *, corrigees: bool, petit: bool
) -> Tree:
    """Return the response to a demand of curves, energies or maximum powers."""
    if not series:
        return {}
    rows = [[_row(demande, troncon) for troncon in serie.troncons] for serie in series]
    trailer = _trailer(demande, petit=petit)
    return {
        **heading(demande, corrigees=corrigees),
        "grandeur": [
            grandeur(demande, serie, "points", lignes, _month)
            for serie, lignes in zip(series, rows, strict=True)
        ],
        **trailer,
    }


def index_response(demande: DemandeDetaillees, contextes: Sequence[Contexte]) -> Tree:
    """Return the response to a demand of indexes: neither `mesuresCorrigees` nor a trailer."""
    if not contextes:
        return {}
    tree = heading(demande, corrigees=False)
    del tree["mesuresCorrigees"]
    return {**tree, "contexte": ArbreReleves(demande.metier, _readings).write(contextes)}


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


def _month(mois: PuissanceMensuelle) -> str:
    """It tells its month alone; of too few days it has the text `null` (GUI 0497 v1.5.0)."""
    v = "null" if mois.valeur is None else mois.valeur
    return f"<points><v>{v}</v><d>{mois.mois:%Y-%m}</d></points>"


def _row(demande: DemandeDetaillees, troncon: Troncon) -> Ligne:
    if troncon.pas is None:
        return _DAY if demande.type == "ENERGIE" else _INSTANT
    return _step(troncon.pas, troncon.nature)


@cache
def _step(pas: int, nature: str | None) -> Ligne:
    quality = _QUALITE.get(nature, "")
    return Ligne(
        f"<points><v>{{v}}</v><d>{{d}}</d><p>PT{pas}M</p><n>{nature}</n>{quality}</points>",
        Stamp.NAIF,
    )


def _readings(_grandeur: str, registre: Registre) -> bytes:
    return write_rows(_INDEX, registre.horodates, registre.decalages, registre.valeurs)

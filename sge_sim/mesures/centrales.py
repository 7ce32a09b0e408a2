"""Solar plants: what one kilowatt gives by zone, season, sky and orientation.

Plausible, not measured (assumed); the most that a clear day gives is that of solar geometry.
"""

from sge_sim.mesures.climat import MOIS, SOLEIL, TYPES, ZONE_DU_LIEU, find_facteur
from sge_sim.mesures.formes import Sorte, banque
from sge_sim.mesures.hasard import PointStream
from sge_sim.mesures.soleil import ORIENTATIONS
from sge_sim.mesures.usages import FERME, OUVERT, REDUIT, Charge, Installation, make_installation

_ETE, _HIVER = (4, 5, 6, 7), (0, 1, 10, 11, 13)
_RANGS = (0, 1, 1, 2, 2, 2, 3, 3, 4)
"""Ranks of `ORIENTATIONS`: most plants look south."""


def draw_centrale(t: PointStream, puissance: int, pas_par_jour: int, lieu: int) -> Installation:
    """Return what the draws make of a plant of this power, kVA or kW."""
    groupe = banque(pas_par_jour).groupes[Sorte.SOLEIL]
    tour = _RANGS[t.between(0, len(_RANGS) - 1)]
    rendement = t.between(96, 103) - abs(ORIENTATIONS[tour]) // 8
    pose = t.between(0, 99)
    # Steep plants give little in summer, flat ones little in winter.
    ete, hiver = (61, 123) if pose < 14 else (100, 62) if pose < 22 else (100, t.between(82, 100))
    usage = Charge(
        puissance * 10 * rendement,
        Sorte.SOLEIL,
        groupe.debut + tour * groupe.variantes,
        niveaux=(ete, (ete + hiver) // 2, hiver),
        facteur=find_facteur(ZONE_DU_LIEU[lieu], SOLEIL),
        ecart=0,
        absence=100,
        tangente=t.between(2, 12),
        par_ciel=len(ORIENTATIONS) * groupe.variantes,
    )
    niveaux = tuple(
        OUVERT if mois in _ETE else FERME if mois in _HIVER else REDUIT for mois in range(TYPES)
    )
    return make_installation([usage], pas_par_jour, niveaux, types=MOIS, ciel=lieu)

"""Workplaces: twenty-five trades, their hours, their closing days, what they run.

Plausible, not measured (assumed). A trade says its uses as parts of an open day; an installation
is one trade, now and then two, with hours of its own, sized by its subscribed power.
"""

import numpy as np

from sge_sim.mesures.chauffes import CHAUFFES, DECALAGES_DE_CHAUFFE
from sge_sim.mesures.climat import MOIS, TYPES, ZONE_DU_LIEU, climat, find_facteur
from sge_sim.mesures.corps_de_metier import METIERS, Metier, Part
from sge_sim.mesures.dessins import (
    DUREES,
    JOURNEES_DE_MACHINES,
    OUVERTURES,
    VARIANTES_DE_SOCLE,
)
from sge_sim.mesures.formes import BITS, Sorte, banque
from sge_sim.mesures.hasard import FRACTION, PointStream, nearest_rank
from sge_sim.mesures.tableaux import common_table
from sge_sim.mesures.usages import OUVERT, Charge, Installation, make_installation

_VARIANTES = np.arange(8)[:, None]
"""The days that are looked at to find the largest step of a place."""
_POIDS = [{nom: de.poids[colonne] for nom, de in METIERS.items()} for colonne in range(3)]
_MELANGE = 150
"""Chances out of 1000 that a place has two trades."""
_REPOS = ((-30, 14), (-18, 110), (-42, 118))
"""What a closed place leaves on of what it opens for, per cent, nothing under 0, in the order of
`Metier.poids`."""
_FERIES_OUVERTS = 555
"""Chances out of 1000 that public holidays are as any day."""
_ECART = 10
"""Most that a use varies from day to day, per cent: a place agitates less than its parts."""


def draw_metier(
    t: PointStream, pas_par_jour: int, lieu: int, colonne: int, pointe: int
) -> Installation:
    """Return what the draws make of a workplace. `colonne`: which of `Metier.poids`; `pointe`: the
    largest step of an ordinary day, W or kW times 1000."""
    zone = ZONE_DU_LIEU[lieu]
    principal = METIERS[t.pick(_POIDS[colonne])]
    second = METIERS[t.pick(_POIDS[colonne])] if t.chance(_MELANGE) else principal
    if principal.mois or second.mois:
        second = principal
    niveaux = _draw_niveaux(t, principal)
    repos = t.between(*_REPOS[colonne])
    usages = [_draw_usage(t, part, pas_par_jour, zone, repos) for part in principal.parts]
    parts = [100] * len(usages)
    if second is not principal:
        moitie = t.between(30, 70)
        usages += [_draw_usage(t, part, pas_par_jour, zone, repos) for part in second.parts]
        parts = [moitie] * len(parts) + [100 - moitie] * len(second.parts)
    if principal.mois:
        groupe = banque(pas_par_jour).groupes[Sorte.NUIT]
        coupe = groupe.debut + (14 if t.chance(500) else 0)
        usages[1] = usages[1]._replace(ligne=coupe, par_type=1)
    # One place in five has capacitors.
    tangente = t.between(2, 12) if t.chance(210) else t.size(98, 18, 55, 114)
    usages = [
        u._replace(
            energie=u.energie * part // 100,
            ecart=min(u.ecart, _ECART),
            tangente=u.tangente * tangente // 100,
        )
        for u, part in zip(usages, parts, strict=True)
    ]
    largest = max(_largest_step(usages, pas_par_jour), 1)
    par_pas = pointe * 24 // pas_par_jour
    usages = [u._replace(energie=u.energie * par_pas // largest) for u in usages]
    # Capacitors are too many at night, where nothing but the standing load runs then.
    capacitif = max(t.between(-12, 40), 0) if pas_par_jour != 48 else 0
    if capacitif and _sleeps(usages, pas_par_jour):
        usages[0] = usages[0]._replace(tangente=0)
    else:
        capacitif = 0
    return make_installation(
        usages, pas_par_jour, niveaux, types=MOIS if principal.mois else climat().scolaires[lieu],
        presence=principal.presence, capacitif=capacitif,
    )  # fmt: skip


def _draw_niveaux(t: PointStream, de: Metier) -> tuple[int, ...]:
    """Return the level of each kind of day."""
    if de.mois:
        return (OUVERT,) * TYPES
    semaine = de.semaines[t.between(0, len(de.semaines) - 1)]
    if t.chance(_FERIES_OUVERTS):
        semaine = semaine[:-1] + str(OUVERT)
    jours = tuple(map(int, semaine))
    return jours + tuple(max(jour, de.vacances) for jour in jours)


def _draw_usage(t: PointStream, part: Part, pas_par_jour: int, zone: int, repos: int) -> Charge:
    """Return a use of a place, in Wh of an open day of about 100 kWh."""
    groupes = banque(pas_par_jour).groupes
    sorte, jeu = part.sorte, part.jeu
    groupe = groupes[sorte]
    debut = min(max(t.around_hour(part.debut, part.flou), 0), 47)
    energie = part.part * t.size(100, 45, 30, 320)
    demi_heures = int(2 * part.duree)
    match sorte:
        case Sorte.SOCLE:
            ligne = groupe.debut + VARIANTES_DE_SOCLE * part.rang
        case Sorte.CHAUFFAGE:
            energie //= 10
            habitude = min(part.rang, CHAUFFES - 1) * DECALAGES_DE_CHAUFFE
            ligne = groupe.debut + groupe.variantes * (habitude + t.between(0, 5))
        case Sorte.BLOC:
            jeu = nearest_rank(DUREES, max(demi_heures + t.between(-2, 2), 1))
            ligne = groupe.ligne(debut)
        case Sorte.PLATEAU:
            rang = nearest_rank(OUVERTURES, max(demi_heures + t.between(-4, 4), 6))
            # One place in four closes at noon.
            ligne = groupes[Sorte.COUPURE if t.chance(250) else sorte].ligne(debut, rang)
        case Sorte.MACHINES:
            if pas_par_jour != 48:
                # The machines of a large place balance each other.
                energie //= 2
            ligne = groupe.ligne(debut, nearest_rank(JOURNEES_DE_MACHINES, demi_heures))
        case Sorte.SOIR | Sorte.APPAREIL if pas_par_jour == 48:
            ligne = groupe.ligne(debut)
        case Sorte.SOIR | Sorte.APPAREIL:
            # Large points have no meals: a wide opening.
            sorte = Sorte.PLATEAU
            ligne = groupes[sorte].ligne(debut, t.between(1, 4))
        case _:
            ligne = groupe.debut
    ouvert, reduit, ferme = part.niveaux
    if sorte is not Sorte.BLOC:
        ferme = max(ferme, ouvert * min(repos, 100) // 100)
    return Charge(
        energie, sorte, ligne, jeu, (ouvert, max(reduit, ferme), ferme),
        facteur=find_facteur(zone, part.facteur),
        presence=part.presence, ecart=part.ecart, absence=part.absence, tangente=part.tangente,
    )  # fmt: skip


def _largest_step(usages: list[Charge], pas_par_jour: int) -> int:
    """Return the largest step of a strong open day, Wh."""
    forts, formes = facteurs_forts(), banque(pas_par_jour)
    # Of the days on which it happens, one of the strong ones.
    vives = [
        u.energie * (100 + u.ecart * 5 // 4) // u.presence * forts[u.facteur] >> FRACTION
        for u in usages
    ]
    variantes = [formes.groupes[u.sorte].variantes for u in usages]
    # A block is as long as its rank says.
    lignes = [
        u.ligne + (u.jeu * nombre if u.sorte is Sorte.BLOC else 0)
        for u, nombre in zip(usages, variantes, strict=True)
    ]
    cumuls = formes.cumuls.take(np.array(lignes) + _VARIANTES % np.array(variantes), axis=0)
    jours = np.matmul(np.array(vives, np.int64), cumuls)
    return int((jours[:, 1:] - jours[:, :-1]).max()) >> BITS


def _sleeps(usages: list[Charge], pas_par_jour: int) -> bool:
    """Tell whether nothing runs from 1h to 4h but the first use, and next to nothing else."""
    heure = pas_par_jour // 24
    cumuls = banque(pas_par_jour).cumuls[[u.ligne for u in usages]]
    nuit = [
        usage.energie * int(cumul[4 * heure] - cumul[heure]) >> BITS
        for usage, cumul in zip(usages, cumuls, strict=True)
        if usage.jeu < 2 or usage.sorte is not Sorte.PLATEAU
    ]
    return 20 * sum(nuit[1:]) < nuit[0]


@common_table
def facteurs_forts() -> list[int]:
    """Return a large value of each factor, over `UN`."""
    forts: list[int] = np.partition(climat().facteurs, -150, axis=1)[:, -150].tolist()
    return forts

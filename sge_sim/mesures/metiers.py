"""Workplaces: twenty-five trades, their hours, their closing days, what they run.

Plausible, not measured (assumed). A trade says its uses as parts of an open day; an installation
is one trade, now and then two, with hours of its own, sized by its subscribed power.
"""

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures.climat import (
    ARROSAGE,
    CHAUFFAGE,
    CONSTANT,
    ETE,
    FRAICHEUR,
    FROID,
    HIVER,
    LUMIERE,
    MOIS,
    RENTREE,
    TYPES,
    VENDANGES,
    climat,
    facteur_de_zone,
)
from sge_sim.mesures.corps_de_metier import METIERS, Metier, Part
from sge_sim.mesures.dessins import (
    CHAUFFES,
    DECALAGES_DE_CHAUFFE,
    DUREES,
    JOURNEES_DE_MACHINES,
    OUVERTURES,
    VARIANTES_DE_SOCLE,
)
from sge_sim.mesures.formes import BITS, Sorte, banque
from sge_sim.mesures.hasard import FRACTION, Tirages
from sge_sim.mesures.usages import OUVERT, Charge, Installation, installe

_REGIONAUX = {"chauffage": CHAUFFAGE, "fraicheur": FRAICHEUR, "froid": FROID}
_NATIONAUX = {
    "": CONSTANT, "lumiere": LUMIERE, "ete": ETE, "hiver": HIVER, "vendanges": VENDANGES,
    "arrosage": ARROSAGE, "rentree": RENTREE,
}  # fmt: skip

_VARIANTES = np.arange(4)[:, None]
"""The days that are looked at to find the largest step of a place."""
_POIDS = [sum(poids) for poids in zip(*(de.poids for de in METIERS.values()), strict=True)]
_MELANGE = 150
"""Chances out of 1000 that a place has two trades."""


def metier(
    t: Tirages, puissance: int, pas_par_jour: int, zone: int, colonne: int, pointe: int
) -> Installation:
    """Return what the draws make of a workplace. `colonne`: which of `Metier.poids`; `pointe`: the
    largest step of an ordinary day, W or kW times 1000."""
    principal = METIERS[_tire(t, colonne)]
    second = METIERS[_tire(t, colonne)] if t.chance(_MELANGE) else principal
    if principal.mois or second.mois:
        second = principal
    niveaux = _niveaux(t, principal)
    usages = [_usage(t, part, pas_par_jour, zone) for part in principal.parts]
    parts = [100] * len(usages)
    if second is not principal:
        moitie = t.entre(30, 70)
        usages += [_usage(t, part, pas_par_jour, zone) for part in second.parts]
        parts = [moitie] * len(parts) + [100 - moitie] * len(second.parts)
    if principal.mois:
        groupe = banque(pas_par_jour).groupes[Sorte.NUIT]
        coupe = groupe.debut + (14 if t.chance(500) else 0)
        usages[1] = usages[1]._replace(ligne=coupe, par_type=1)
    # Half of the places have capacitors; a large place agitates less than its parts.
    tangente = t.entre(2, 12) if t.chance(210) else t.taille(98, 18, 55, 116)
    agite = 10
    energies = [u.energie * part // 100 for u, part in zip(usages, parts, strict=True)]
    ecarts = [min(u.ecart, agite) for u in usages]
    largest = max(_pointe(usages, energies, ecarts, pas_par_jour), 1)
    par_pas = pointe * 24 // pas_par_jour
    usages = [
        u._replace(
            energie=energie * par_pas // largest,
            ecart=ecart,
            tangente=u.tangente * tangente // 100,
        )
        for u, energie, ecart in zip(usages, energies, ecarts, strict=True)
    ]
    # Capacitors are too many at night, where nothing but the standing load runs then.
    capacitif = max(t.entre(-12, 40), 0) if pas_par_jour != 48 else 0
    if capacitif and _veille(usages, pas_par_jour):
        usages[0] = usages[0]._replace(tangente=0)
    else:
        capacitif = 0
    return installe(
        usages, pas_par_jour, niveaux, types=MOIS if principal.mois else 0,
        presence=principal.presence, capacitif=capacitif,
    )  # fmt: skip


def _tire(t: Tirages, colonne: int) -> str:
    sort = t.entre(0, _POIDS[colonne] - 1)
    for nom, metier in METIERS.items():
        sort -= metier.poids[colonne]
        if sort < 0:
            return nom
    raise AssertionError


def _niveaux(t: Tirages, de: Metier) -> tuple[int, ...]:
    if de.mois:
        return (OUVERT,) * TYPES
    semaine = de.semaines[t.entre(0, len(de.semaines) - 1)]
    jours = tuple(map(int, semaine))
    return jours + tuple(max(jour, de.vacances) for jour in jours)


def _usage(t: Tirages, part: Part, pas_par_jour: int, zone: int) -> Charge:
    """Return a use of a place, in Wh of an open day of about 100 kWh."""
    groupe = banque(pas_par_jour).groupes[part.sorte]
    debut = min(max(t.autour(part.debut, part.flou), 0), 47)
    energie = part.part * t.taille(100, 45, 30, 320)
    jeu = part.jeu
    match part.sorte:
        case Sorte.SOCLE:
            ligne = groupe.debut + VARIANTES_DE_SOCLE * part.long
        case Sorte.CHAUFFAGE:
            energie //= 10
            habitude = min(part.long, CHAUFFES - 1) * DECALAGES_DE_CHAUFFE
            ligne = groupe.debut + groupe.variantes * (habitude + t.entre(0, 5))
        case Sorte.BLOC:
            duree = max(part.long + t.entre(-2, 2), 1)
            ligne, jeu = groupe.ligne(debut), _proche(DUREES, duree)
        case Sorte.PLATEAU:
            rang = _proche(OUVERTURES, max(part.long + t.entre(-4, 4), 6))
            ligne = groupe.ligne(debut, rang)
            if t.chance(250):
                coupure = banque(pas_par_jour).groupes[Sorte.COUPURE]
                ligne = coupure.ligne(debut, rang)
        case Sorte.MACHINES:
            if pas_par_jour != 48:
                # The machines of a large place balance each other.
                energie //= 2
            ligne = groupe.ligne(debut, _proche(JOURNEES_DE_MACHINES, part.long))
        case Sorte.SOIR | Sorte.APPAREIL:
            if pas_par_jour == 48:
                ligne = groupe.ligne(debut)
            else:
                # Large points have no meals: a wide opening.
                plateau = banque(pas_par_jour).groupes[Sorte.PLATEAU]
                part = part._replace(sorte=Sorte.PLATEAU)
                ligne = plateau.ligne(debut, t.entre(1, 4))
        case _:
            ligne = groupe.debut
    facteur = (
        facteur_de_zone(zone, _REGIONAUX[part.facteur])
        if part.facteur in _REGIONAUX
        else _NATIONAUX[part.facteur]
    )
    return Charge(
        energie, part.sorte, ligne, jeu, part.niveaux, facteur=facteur, presence=part.presence,
        ecart=part.ecart, absence=part.absence,
        tangente=part.tangente,
    )  # fmt: skip


@computed_once(256)
def _proche(valeurs: tuple[int, ...], voulue: int) -> int:
    return min(range(len(valeurs)), key=lambda rang: abs(valeurs[rang] - voulue))


def _pointe(usages: list[Charge], energies: list[int], ecarts: list[int], pas_par_jour: int) -> int:
    """Return the largest step of a strong open day, Wh."""
    forts, formes = facteurs_forts(), banque(pas_par_jour)
    # Of the days on which it happens, one of the strong ones.
    vives = [
        energie * (100 + ecart * 5 // 4) // u.presence * forts[u.facteur] >> FRACTION
        for u, energie, ecart in zip(usages, energies, ecarts, strict=True)
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


def _veille(usages: list[Charge], pas_par_jour: int) -> bool:
    """Tell whether nothing runs from 1h to 4h but the first use, and next to nothing else."""
    heure = pas_par_jour // 24
    cumuls = banque(pas_par_jour).cumuls[[u.ligne for u in usages]]
    nuit = [
        usage.energie * int(cumul[4 * heure] - cumul[heure]) >> BITS
        for usage, cumul in zip(usages, cumuls, strict=True)
        if usage.jeu < 2 or usage.sorte is not Sorte.PLATEAU
    ]
    return 20 * sum(nuit[1:]) < nuit[0]


@computed_once(1)
def facteurs_forts() -> list[int]:
    """Return a large value of each factor, over `UN`."""
    forts: list[int] = np.partition(climat().facteurs, -150, axis=1)[:, -150].tolist()
    return forts

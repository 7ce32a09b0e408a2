"""Dwellings: sizes, habits, heating, water, cars, and who lives there.

Plausible, not measured (assumed); shares of heating, of water heaters and of cars, and the energies
of each use, are those of surveys of French dwellings.
"""

from sge_sim.domaine.plages import Plages, durees_des
from sge_sim.mesures.climat import (
    CHAUFFAGE,
    CHAUFFAGE_DOUX,
    CHAUFFAGE_FRILEUX,
    DELAISSEE,
    EAU,
    FAMILLE,
    LUMIERE,
    SECONDAIRE,
    TOUJOURS,
    TYPES,
    VACANT,
    VOYAGEUR,
    ciel_de_chauffage,
    facteur_de_zone,
)
from sge_sim.mesures.dessins import (
    ARRETS,
    CHAUFFES,
    CYCLES,
    DECALAGES_DE_CHAUFFE,
    DUREES,
    LISSE,
    VARIANTES_D_EVEIL,
    VARIANTES_DE_SOCLE,
    VIF,
)
from sge_sim.mesures.formes import JEUX, MELANGES, Banque, Sorte, banque
from sge_sim.mesures.hasard import Tirages
from sge_sim.mesures.usages import OUVERT, REDUIT, Charge, Installation, installe

_PUISSANCES = (3, 6, 9, 12)
"""Powers by which dwellings are told apart, kVA: beyond the last one, it is the last one's."""
_TAILLES = {3: 38, 6: 42, 9: 54, 12: 64}
"""Size of what is done in a dwelling, per cent."""
_SOCLES = {3: 112, 6: 183, 9: 260, 12: 420}
"""W of what never stops: the median."""
_CHAUFFES = {3: 145, 6: 328, 9: 490, 12: 620}
"""Chances out of 1000 that electricity heats the dwelling."""
_PAR_DEGRE = {3: 34, 6: 73, 9: 147, 12: 186}
"""W per degree: the median of those that are heated."""
_VOITURES = {3: 0, 6: 50, 9: 90, 12: 140}
"""Chances out of 1000 that a car is charged."""

_PAR_JOUR = {"travail": 0b0011111, "commerce": 0b0111110, "tous": 0b1111111, "aucun": 0}
_NIVEAUX = {
    nom: tuple(
        OUVERT if type_du_jour % 8 != 7 and masque >> type_du_jour % 8 & 1 else REDUIT
        for type_du_jour in range(TYPES)
    )
    for nom, masque in _PAR_JOUR.items()
}
_LONGS = 48
"""Half-hours of a day."""


def foyer(t: Tirages, kva: int, zone: int, plages: Plages, *, asservi: bool) -> Installation:
    """Return what the draws make of a dwelling; `asservi`: the contact of the off-peak hours starts
    its water heater and its car."""
    puissance = max([p for p in _PUISSANCES if p <= kva], default=3)
    formes = banque(_LONGS)
    occupation = _occupation(t)
    taille = t.taille(_TAILLES[puissance], 42, 16, 15 * _TAILLES[puissance] // 10)
    socle = t.taille(_SOCLES[puissance], 82, 26, 500)
    if occupation in (DELAISSEE, SECONDAIRE):
        taille //= 2
    if occupation in (VACANT, DELAISSEE, SECONDAIRE):
        socle = t.taille(14, 110, 3, 120) if occupation != VACANT else t.taille(4, 120, 2, 30)
    usages = _vie(t, taille, socle, formes)
    if occupation in (VACANT, DELAISSEE):
        usages[0] = _delaisse(t, socle, formes)
    if t.chance(25) and occupation in (TOUJOURS, FAMILLE, VOYAGEUR):
        # Something that always runs: a pump, a server, an aquarium.
        lisse = formes.groupes[Sorte.SOCLE].debut + VARIANTES_DE_SOCLE * LISSE
        usages.append(Charge(24 * t.entre(150, 500), Sorte.SOCLE, lisse, absence=100))
    habitudes = _NIVEAUX[
        ("travail", "travail", "travail", "tous", "aucun", "commerce")[t.entre(0, 5)]
    ]
    ciel = None
    if t.chance(_CHAUFFES[puissance]):
        seuil = _seuil(t)
        usages.append(_chauffage(t, puissance, facteur_de_zone(zone, seuil), formes))
        if usages[-1].par_ciel:
            ciel = ciel_de_chauffage(zone, seuil)
    habite = occupation not in (VACANT, DELAISSEE)
    if puissance > 3 and habite and t.chance(495 if asservi else 290):
        usages += _eau(t, puissance, taille, plages, formes, asservi=asservi)
    if t.chance(_VOITURES[puissance]):
        usages.append(_voiture(t, puissance, plages, formes, asservi=asservi))
    return installe(usages, _LONGS, habitudes, presence=occupation, ciel=ciel)


def _occupation(t: Tirages) -> int:
    """Return who is there: 2 % are vacant, 8 % second homes, half of them hardly used."""
    sort = t.entre(0, 999)
    for borne, occupation in (
        (20, VACANT), (55, DELAISSEE), (85, SECONDAIRE), (290, TOUJOURS), (600, VOYAGEUR),
    ):  # fmt: skip
        if sort < borne:
            return occupation
    return FAMILLE


def _delaisse(t: Tirages, watts: int, formes: Banque) -> Charge:
    """Return what never stops where nobody lives."""
    groupe = formes.groupes[Sorte.SOCLE]
    texture = ARRETS if watts < 25 else CYCLES if t.chance(650) else VIF
    ligne = groupe.debut + VARIANTES_DE_SOCLE * texture
    return Charge(24 * watts, Sorte.SOCLE, ligne, ecart=20, absence=80)


def _socle(t: Tirages, watts: int, eveil: int, formes: Banque) -> Charge:
    """Return what never stops in a dwelling of this rank in `EVEILS`."""
    groupe = formes.groupes[Sorte.EVEIL]
    ligne = groupe.debut + (2 * eveil + t.chance(650)) * VARIANTES_D_EVEIL
    ecart = 35 if t.chance(500) else 20
    return Charge(24 * watts, Sorte.EVEIL, ligne, ecart=ecart, absence=74)


def _vie(t: Tirages, taille: int, socle: int, formes: Banque) -> list[Charge]:
    """Return what never stops, then the uses of those who live there: by work, by nights, or at
    home."""
    sorte = t.entre(0, 99)
    chez_soi, a_midi, decale = sorte < 35, sorte < 9, sorte >= 95
    if decale:
        lever, repas, eveil = t.entre(4, 46), t.entre(16, 47), 9
    elif chez_soi:
        # Some cook more at noon than in the evening.
        repas = t.autour(23 if a_midi else 37, 3)
        lever, eveil = t.autour(16, 2), t.entre(4, 7)
    else:
        repas, eveil = t.autour(38, 2), (0, 1, 2, 3, 8)[t.entre(0, 4)]
        lever = t.autour(14, 2)
    lever, repas = min(max(lever, 2), 47), min(max(repas, 6), 47)
    # Some live by the clock.
    bas, haut = (5, 5) if t.chance(770) else (0, 1)
    diner = (5, 5) if decale or t.chance(620) else (bas // 2 + 1, haut - haut // 4)
    matin, soir = formes.groupes[Sorte.MATIN], formes.groupes[Sorte.SOIR]
    machine = formes.groupes[Sorte.APPAREIL]
    grasse = 0 if chez_soi else max(t.autour(3, 2), 0)
    # Some live more at home when they rest, some go away.
    repos = t.taille(119, 125, 25, 550)
    vivacite = t.entre(61, 97)
    lessive = min(max(t.autour(39, 2), 8), 46)
    usages = [
        _socle(t, socle, eveil, formes),
        Charge(
            taille * t.entre(4, 8),
            Sorte.MATIN,
            matin.ligne(lever),
            jeu=_jeu(t, bas, haut),
            niveaux=(100, repos, 0),
            decalages=(0, grasse * matin.par_depart, 0),
            facteur=LUMIERE,
            presence=vivacite,
            ecart=35,
        ),
        Charge(
            taille * t.entre(16, 24),
            Sorte.SOIR,
            soir.ligne(repas),
            jeu=_jeu(t, *diner),
            niveaux=(100, (2 * repos + 100) // 3, 0),
            decalages=(0, t.entre(-2, 2) * soir.par_depart, 0),
            facteur=LUMIERE,
            presence=t.entre(85, 100),
            ecart=35,
        ),
        Charge(
            taille * t.entre(5, 8),
            Sorte.APPAREIL,
            machine.ligne(lessive),
            jeu=_jeu(t, 4, 5),
            niveaux=(100, repos * t.entre(70, 170) // 100, 0),
            presence=t.entre(50, 90),
            ecart=20,
            retard=machine.retard(lessive, 4),
        ),
    ]
    a_distance = not chez_soi and t.chance(240)
    if chez_soi or a_distance or t.chance(300):
        # Some work at home on some days; others are there at noon when they rest.
        presence = t.entre(20, 55) if a_distance else t.entre(60, 95)
        usages.append(
            Charge(
                taille * t.entre(3, 8) * (presence if a_distance else 100) // 100,
                Sorte.SOIR if chez_soi else Sorte.MATIN,
                soir.ligne(t.autour(37 if a_midi else 23, 2))
                if chez_soi
                else matin.ligne(t.autour(24, 2)),
                jeu=_jeu(t, bas // 2, haut // 2 + 1),
                niveaux=(100 if chez_soi or a_distance else 25, repos, 0),
                presence=presence,
                ecart=20,
            )
        )
    return usages


def _jeu(t: Tirages, bas: int, haut: int) -> int:
    """Return a rank of the tables that move a start, of `JEUX` between these."""
    return t.entre(bas, haut) + len(JEUX) * t.entre(0, MELANGES - 1)


def _seuil(t: Tirages) -> int:
    """Return under which temperature a dwelling heats."""
    sort = t.entre(0, 99)
    return CHAUFFAGE if sort < 60 else CHAUFFAGE_FRILEUX if sort < 85 else CHAUFFAGE_DOUX


def _chauffage(t: Tirages, puissance: int, facteur: int, formes: Banque) -> Charge:
    """Return convectors, or a heat pump, which seldom stops, or heat that is stored by night."""
    groupe = formes.groupes[Sorte.CHAUFFAGE]
    sorte = t.entre(0, 99)
    watts = t.taille(_PAR_DEGRE[puissance], 53, 10, 20 * puissance)
    habitude = t.entre(0, CHAUFFES - 2)
    if sorte % 6 == 0:
        habitude = CHAUFFES - 1
    elif sorte % 4 == 1:
        pompe = formes.groupes[Sorte.POMPE]
        return Charge(
            24 * watts,
            Sorte.POMPE,
            pompe.debut,
            facteur=facteur,
            ecart=1,
            absence=80,
            par_ciel=pompe.variantes,
        )
    rang = habitude * DECALAGES_DE_CHAUFFE + t.entre(0, DECALAGES_DE_CHAUFFE - 1)
    return Charge(
        24 * watts,
        Sorte.CHAUFFAGE,
        groupe.debut + rang * groupe.variantes,
        niveaux=(100, t.entre(96, 120), 0),
        facteur=facteur,
        ecart=10,
        absence=t.entre(20, 60),
    )


def _eau(
    t: Tirages, kva: int, taille: int, plages: Plages, formes: Banque, *, asservi: bool
) -> list[Charge]:
    """A water heater: it starts with the off-peak hours where their contact drives it, else after
    the water was drawn."""
    groupe = formes.groupes[Sorte.BLOC]
    energie = min(max(t.taille(6400, 32, 1800, 9000) * (100 + taille) // 200, 1500), 9000)
    watts = ((1200, 1200, 1200, 1200, 1650), (1650, 2200, 2200, 2400, 3000))[kva > 6][t.entre(0, 4)]
    depart = (t.entre(12, 20), t.entre(24, 32), t.entre(38, 46))[t.entre(0, 2)]
    if asservi:
        depart = durees_des(plages)[0][0] // 30

    def bloc(part: int, debut: int) -> Charge:
        return Charge(
            energie * part // 100,
            Sorte.BLOC,
            groupe.ligne(debut),
            jeu=_duree(energie * part // 100, watts),
            facteur=EAU,
            presence=100 if asservi else 90,
            ecart=55,
            absence=10,
            retard=groupe.retard(debut, 4),
        )

    autres = durees_des(plages)[1:]
    if asservi and autres:
        # A third of the heat is taken at noon, or nearly.
        midi = t.entre(28, 42)
        return [bloc(100 - midi, depart), bloc(midi, autres[0][0] // 30)]
    return [bloc(100, depart)]


def _voiture(
    t: Tirages, puissance: int, plages: Plages, formes: Banque, *, asservi: bool
) -> Charge:
    """An electric vehicle, charged some nights a week: from a socket, or from a wall box."""
    groupe = formes.groupes[Sorte.BLOC]
    sorte = t.entre(0, 99)
    watts = 2300 if sorte < 45 else 3500 if sorte < 80 or puissance < 9 else 7000
    depart = t.entre(34, 42)
    if asservi and t.chance(700):
        # After the water heater has taken its part.
        depart = (durees_des(plages)[0][0] // 30 + t.entre(1, 4)) % 48
    energie = t.entre(6000, 16000)
    jours = t.entre(20, 80)
    return Charge(
        energie * jours // 100,
        Sorte.BLOC,
        groupe.ligne(depart),
        jeu=_duree(energie, watts),
        niveaux=(100, t.entre(60, 110), 0),
        presence=jours,
        ecart=35,
        retard=groupe.retard(depart, 6),
    )


def _duree(energie: int, watts: int) -> int:
    """Return the rank in `DUREES` of the half-hours that an energy takes at a power."""
    demi_heures = 2 * energie // watts
    return min(range(len(DUREES)), key=lambda rang: abs(DUREES[rang] - demi_heures))

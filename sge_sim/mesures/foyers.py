"""Dwellings: sizes, habits, heating, water, cars, and who lives there.

Plausible, not measured (assumed); shares of heating, of water heaters and of cars, and the energies
of each use, are those of surveys of French dwellings (`logements`).
"""

from sge_sim.domaine.plages import Plages, durees_des
from sge_sim.machine.once import computed_once
from sge_sim.mesures import logements
from sge_sim.mesures.chauffes import CHAUFFES, DECALAGES_DE_CHAUFFE
from sge_sim.mesures.climat import (
    DELAISSEE,
    EAU,
    FAMILLE,
    SECONDAIRE,
    TOUJOURS,
    VACANT,
    VOYAGEUR,
    ZONE_DU_LIEU,
    climat,
    find_ciel,
    find_facteur,
)
from sge_sim.mesures.dessins import (
    ARRETS,
    CONTACTS,
    CYCLES,
    DUREES,
    LISSE,
    VARIANTES_D_EVEIL,
    VARIANTES_DE_SOCLE,
    VIF,
)
from sge_sim.mesures.formes import JEUX, MELANGES, Groupe, Sorte, banque
from sge_sim.mesures.hasard import Fourchette, PointStream, nearest_rank
from sge_sim.mesures.usages import Charge, Installation, make_installation

_LONGS = 48
"""Half-hours of a day."""
DE_TOUS = 5
"""The first uses of a dwelling: all who live somewhere have them."""


@computed_once(64)
def find_logement(kva: int) -> tuple[int, logements.Logement]:
    """Return the power from which dwellings are as those of this power, and what they are."""
    puissance = max([p for p in logements.LOGEMENTS if p <= kva], default=3)
    return puissance, logements.LOGEMENTS[puissance]


def draw_foyer(
    t: PointStream, kva: int, lieu: int, plages: Plages, *, asservi: bool
) -> Installation:
    """Return what the draws make of a dwelling; `asservi`: the contact of the off-peak hours starts
    its water heater and its car."""
    zone = ZONE_DU_LIEU[lieu]
    puissance, logement = find_logement(kva)
    occupation = t.pick(logements.OCCUPATIONS)
    taille = t.size(*logement.taille)
    socle = t.size(*logement.socle)
    if occupation in (DELAISSEE, SECONDAIRE):
        taille //= 2
    if occupation in logements.SOCLES_VIDES:
        socle = t.size(*logements.SOCLES_VIDES[occupation])
    usages = _draw_vie(t, taille, socle)
    habite = occupation not in (VACANT, DELAISSEE)
    if not habite:
        part = t.between(*logements.PART_DES_MACHINES)
        usages[:2] = [_draw_empty_home(t, socle * w // 100) for w in (part, 100 - part)]
    if t.chance(logements.MACHINE) and occupation in (TOUJOURS, FAMILLE, VOYAGEUR):
        usages.append(_socle(t.between(*logements.VEILLE_DE_PLUS), LISSE)._replace(absence=100))
    semaine = t.pick(logements.SEMAINES)
    ciel = None
    if t.chance(logement.chauffes):
        seuil = t.pick(logements.SEUILS)
        vide = occupation in logements.SOCLES_VIDES
        usages += _draw_chauffage(t, logement, find_facteur(zone, seuil), vide=vide)
        if usages[-1].par_ciel:
            ciel = find_ciel(zone, seuil)
    par_foyer = logements.EAU_ASSERVIE if asservi else logements.EAU_LIBRE
    if puissance > 3 and habite and t.chance(par_foyer):
        usages += _draw_eau(t, puissance, taille, plages, asservi=asservi)
    if t.chance(logement.voitures):
        usages.append(draw_voiture(t, puissance, plages, asservi=asservi))
    # Those who are there in school holidays live as in the rest of the year.
    niveaux, types = tuple(map(int, 2 * semaine)), climat().scolaires[lieu]
    inst = make_installation(usages, _LONGS, niveaux, types=types, presence=occupation, ciel=ciel)
    return inst._replace(foyer=True)


def _groupe(sorte: Sorte) -> Groupe:
    return banque(_LONGS).groupes[sorte]


def _socle(watts: int, texture: int) -> Charge:
    """Return a load that never stops and moves in this way."""
    ligne = _groupe(Sorte.SOCLE).debut + VARIANTES_DE_SOCLE * texture
    return Charge(24 * watts, Sorte.SOCLE, ligne)


def _draw_empty_home(t: PointStream, watts: int) -> Charge:
    """Return the load of a home where nobody lives."""
    texture = ARRETS if watts < 25 else CYCLES if t.chance(logements.FROID) else VIF
    return _socle(watts, texture)._replace(ecart=20, absence=80)


def _draw_eveil(t: PointStream, watts: int, eveil: int) -> Charge:
    """Return what is on while somebody is up, in a dwelling of this rank in `EVEILS`."""
    ligne = _groupe(Sorte.EVEIL).debut + eveil * VARIANTES_D_EVEIL
    repos = t.between(108, 182)
    return Charge(
        24 * watts, Sorte.EVEIL, ligne, niveaux=(100, repos, 0), ecart=35,
        absence=logements.EVEIL_ABSENT,
    )  # fmt: skip


def _draw_vie(t: PointStream, taille: int, socle: int) -> list[Charge]:
    """Return what never stops, then the uses of those who live there."""
    rythme = t.pick(logements.RYTHMES)
    chez_soi, a_midi, decale = rythme in ("midi", "chez soi"), rythme == "midi", rythme == "décalé"
    if decale:
        lever, repas, eveil = t.between_hours(2, 23), t.between_hours(8, 23.5), 9
    elif chez_soi:
        # Some cook more at noon than in the evening.
        repas = t.around_hour(11 if a_midi else 18, 1.5)
        lever, eveil = t.around_hour(8, 1), t.between(4, 7)
    else:
        repas, eveil = t.around_hour(18.5, 1), (0, 1, 2, 3, 8)[t.between(0, 4)]
        lever = t.around_hour(7, 1)
    lever, repas = min(max(lever, 2), 47), min(max(repas, 6), 47)
    # Some live by the clock.
    regularite = logements.LIBRE if t.chance(650) else logements.PONCTUELLE
    diner = logements.DINER_LIBRE if decale or t.chance(620) else regularite.diner
    matin, soir, machine = map(_groupe, (Sorte.MATIN, Sorte.SOIR, Sorte.APPAREIL))
    grasse = 0 if chez_soi else max(t.around_hour(1.5, 1), 0)
    # Some live more at home when they rest, some go away.
    repos = t.size(125, 120, 25, 550)
    vivacite = t.between(*logements.MATIN.presence)
    lessive = min(max(t.around_hour(19, 1), 8), 46)
    part = t.between(*logements.PART_DES_MACHINES)
    froid = CYCLES if t.chance(logements.FROID) else VIF
    usages = [
        _socle(socle * part // 100, froid)._replace(absence=96),
        _draw_eveil(t, socle * (100 - part) // 100, eveil),
        Charge(
            taille * t.between(*logements.MATIN.energie),
            Sorte.MATIN,
            matin.ligne(lever),
            jeu=_draw_jeu(t, regularite.matin),
            niveaux=(100, repos, 0),
            decalages=(0, grasse * matin.par_depart, 0),
            facteur=logements.MATIN.facteur,
            presence=vivacite,
            ecart=logements.MATIN.ecart,
        ),
        Charge(
            taille * t.between(*logements.SOIR.energie),
            Sorte.SOIR,
            soir.ligne(repas),
            jeu=_draw_jeu(t, diner),
            niveaux=(100, (2 * repos + 100) // 3, 0),
            decalages=(0, t.between(-2, 2) * soir.par_depart, 0),
            facteur=logements.SOIR.facteur,
            presence=t.between(*logements.SOIR.presence),
            ecart=logements.SOIR.ecart,
        ),
        Charge(
            taille * t.between(*logements.LESSIVE.energie),
            Sorte.APPAREIL,
            machine.ligne(lessive),
            jeu=_draw_jeu(t, (4, 5)),
            niveaux=(100, repos * t.between(70, 170) // 100, 0),
            presence=t.between(*logements.LESSIVE.presence),
            ecart=logements.LESSIVE.ecart,
            retard=machine.retard(lessive, 4),
        ),
    ]
    a_distance = not chez_soi and t.chance(240)
    if chez_soi or a_distance or t.chance(200):
        # Some work at home on some days; others are there at noon when they rest.
        midi = logements.A_DISTANCE if a_distance else logements.MIDI
        presence = t.between(*midi.presence)
        usages.append(
            Charge(
                taille * t.between(*midi.energie) * (presence if a_distance else 100) // 100,
                Sorte.MATIN,
                matin.ligne(t.around_hour(18 if a_midi else 11.25, 1)),
                jeu=_draw_jeu(t, regularite.midi),
                niveaux=(100 if chez_soi or a_distance else 25, repos, 0),
                presence=presence,
                ecart=midi.ecart,
            )
        )
    return usages


def _draw_jeu(t: PointStream, entre: Fourchette) -> int:
    """Return a rank of the tables that move a start, of `JEUX` between these."""
    return t.between(*entre) + len(JEUX) * t.between(0, MELANGES - 1)


def _draw_chauffage(
    t: PointStream, logement: logements.Logement, facteur: int, *, vide: bool
) -> list[Charge]:
    """Return convectors, or a heat pump, which seldom stops, or heat that is stored by night."""
    groupe = _groupe(Sorte.CHAUFFAGE)
    habitude = logement.habitudes[t.between(0, len(logement.habitudes) - 1)]
    watts = t.size(*logement.par_degre)
    if habitude == logements.POMPE:
        return [make_pompe(watts, facteur)]
    repos, absence, part = t.between(96, 120), t.between(30, 60), t.between(35, 65)
    # In two rooms where hardly anything else would tell a day from those of others.
    parts = (part, 100 - part) if vide or habitude == CHAUFFES - 1 else (100,)
    return [
        Charge(
            24 * watts * part // 100,
            Sorte.CHAUFFAGE,
            groupe.debut + rang * groupe.variantes,
            niveaux=(100, repos, 0),
            facteur=facteur,
            ecart=4,
            absence=absence,
        )
        for part in parts
        for rang in (habitude * DECALAGES_DE_CHAUFFE + t.between(0, DECALAGES_DE_CHAUFFE - 1),)
    ]


def make_pompe(watts: int, facteur: int) -> Charge:
    """Return a heat pump that takes so many W per degree."""
    pompe = _groupe(Sorte.POMPE)
    return Charge(
        24 * watts,
        Sorte.POMPE,
        pompe.debut,
        facteur=facteur,
        ecart=1,
        absence=80,
        par_ciel=pompe.variantes,
    )


def _tenue(
    sorte: Sorte, energie: int, watts: int, depart: int, part: int = 0, *, attente: int
) -> Charge:
    """Return a power that is held until it gave an energy, Wh, and that may wait for so many
    half-hours."""
    groupe = _groupe(sorte)
    return Charge(
        energie,
        sorte,
        groupe.ligne(depart, part),
        jeu=nearest_rank(DUREES, 2 * energie // watts),
        retard=groupe.retard(depart, attente),
    )


def _find_start(contact: int) -> tuple[int, int]:
    """Return the half-hour in which a load starts whose contact closes at this minute of the day,
    and the rank of what is left of it: the next half-hour where that is hardly anything."""
    depart, passees = divmod(contact, 30)
    parts = (30 - passees) * CONTACTS // 30
    if not parts:
        depart, parts = (depart + 1) % _LONGS, CONTACTS
    return depart, parts - 1


def _draw_eau(
    t: PointStream, kva: int, taille: int, plages: Plages, *, asservi: bool
) -> list[Charge]:
    """Return a water heater: it starts with the off-peak hours where their contact drives it, else
    after the water was drawn."""
    energie = min(max(t.size(*logements.EAU_PAR_JOUR) * (100 + taille) // 200, 1500), 9000)
    watts = t.pick(logements.CHAUFFE_EAU[kva > 6])
    departs = [t.between_hours(*heures) for heures in logements.EAU_PUISEE]
    parts = [(100, (departs[t.between(0, len(departs) - 1)], 0))]
    sorte = Sorte.CONTACT if asservi else Sorte.BLOC
    if asservi:
        contacts = [debut for debut, _ in durees_des(plages)[:2]]
        # A third of the heat is taken at noon, or nearly.
        midi = t.between(*logements.EAU_A_MIDI) if len(contacts) > 1 else 0
        parts = list(zip((100 - midi, midi), map(_find_start, contacts), strict=False))
    return [
        _tenue(sorte, energie * part // 100, watts, *start, attente=4)._replace(
            facteur=EAU, presence=100 if asservi else 90, ecart=55, absence=10
        )
        for part, start in parts
    ]


def draw_voiture(t: PointStream, puissance: int, plages: Plages, *, asservi: bool) -> Charge:
    """Return an electric vehicle, charged some nights a week: from a socket, or from a wall box."""
    watts = t.pick(logements.BORNES_DE_CHARGE)
    if puissance < 9:
        watts = min(watts, logements.BORNE_AU_PLUS)
    depart = t.between_hours(*logements.RETOUR_DE_VOITURE)
    if asservi and t.chance(logements.CHARGE_ASSERVIE):
        # After the water heater has taken its part.
        depart = (durees_des(plages)[0][0] // 30 + t.between(1, 4)) % _LONGS
    energie, jours = t.between(*logements.CHARGE_DE_VOITURE), t.between(*logements.JOURS_DE_CHARGE)
    return _tenue(Sorte.BLOC, energie, watts, depart, attente=6)._replace(
        energie=energie * jours // 100,
        niveaux=(100, t.between(60, 110), 0),
        presence=jours,
        ecart=35,
    )

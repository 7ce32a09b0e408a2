"""Registers: what the meter's index reads at midnight, or at the instant of a reading.

Each grid has its registers. The supplier's and the distributor's both split the same energy, so
each adds up to the total. Registers count on through a change of calendar: the class that takes
register 1 goes on from where the previous one stopped.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np

from sge_sim.clock import PARIS
from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import draws
from sge_sim.mesures.calendrier import calendrier, decalages, jour_de, numero_borne
from sge_sim.mesures.classes import cadrans_des_jours, decoupage, sum_by_cadran
from sge_sim.mesures.entrees_datees import index_perdus, plages_de, vie
from sge_sim.mesures.installations import find_cles
from sge_sim.mesures.journees import journees
from sge_sim.mesures.jours_donnes import through_given
from sge_sim.mesures.point import (
    POINTS_GARDES,
    CompteurPose,
    Grandeur,
    PointMesure,
    Structure,
    en_vigueur,
)
from sge_sim.mesures.tableaux import Entiers, Masque

CADRANS_FOURNISSEUR = 10
"""Registers of the supplier's grid (F1 to F10 of a Linky)."""
CADRANS_DISTRIBUTEUR = 5
"""Registers of the distributor's grid: D1 to D4 of a Linky, then the peak of HTA (assumed)."""

_TOTAL = CADRANS_FOURNISSEUR + CADRANS_DISTRIBUTEUR
_REGISTRES_INITIAUX = (0, CADRANS_FOURNISSEUR, _TOTAL)
JoursLus = tuple[PointMesure, int, int]
"""A point, and the days [i0, i1) of it that are read."""


@dataclass(frozen=True)
class Index:
    """Readings, ascending. `horodates`: epoch seconds (UTC); `decalages`: offset of legal time,
    seconds; `fournisseur`: shape (10, n), F1 first; `distributeur`: (5, n), D1 first; `total`:
    (n,); `valides`: False where the reading was lost.

    Units: Wh, VArh for a reactive quantity. C5 and P4: both grids add up to the total exactly.
    The others count whole kWh, each register on its own: multiples of 1 000, whose sum may be
    some kWh short of the total (which SGE doesn't give for them).
    """

    horodates: Entiers
    decalages: Entiers
    fournisseur: Entiers
    distributeur: Entiers
    total: Entiers
    valides: Masque


def index_quotidiens(
    point: PointMesure, debut: date, fin: date, grandeur: Grandeur = Grandeur.PA
) -> Index:
    """Return the registers at the legal midnight that starts each day of [debut, fin).

    R151 of day J is the reading of J + 1. Nothing before the last mise en service, nor of a meter
    that doesn't communicate. PRI and PRC give ERI and ERC, which SGE tells of a P4 (`total` is its
    IDX_ERI_I and IDX_ERI_C) but not of a C5 (GUI 0497). On the day of a change of meter the
    reading is the new meter's first one. The structure of the grid in force names the registers:
    `en_vigueur(point.grille_fournisseur, jour).structure.classes`.
    """
    return read_quotidiens([(point, debut, fin)], grandeur)[0]


def read_quotidiens(
    lectures: Sequence[tuple[PointMesure, date, date]], grandeur: Grandeur
) -> list[Index]:
    """Return `index_quotidiens` of each point over its days [debut, fin), read together."""
    return _index([(lu[0], *_jours_lus(*lu)) for lu in lectures], None, grandeur)


def index_courants(
    point: PointMesure, debut: date, fin: date, grandeur: Grandeur = Grandeur.PA
) -> Index:
    """Return the registers as they were read in the night that starts each day of [debut, fin).

    This is the "relevé courant" of C1-C4 and P1-P3, in R171 too. The instant is irregular
    (observed: 02:37:56 in 2022, 04:24:40 in 2023): between 00:20 and 02:38, until 06:00 one night
    in eight (assumed), read by the minute.
    """
    i0, i1 = _jours_lus(point, debut, fin)
    hasard = draws(find_cles(point.graine).releves, np.arange(i0, i1, dtype=np.int64))
    # After the change in a night of change, so that legal time names the instant.
    change = calendrier().heures[i0:i1] != 24
    minutes = hasard % np.where((hasard >> 40) % 8 == 0, 340, 138)
    (index,) = _index([(point, i0, i1)], [20 + minutes + 180 * change], grandeur)
    return replace(index, horodates=index.horodates + (hasard >> 32) % 60)


def index_aux(
    point: PointMesure, jours: Sequence[date], minute: int, grandeur: Grandeur = Grandeur.PA
) -> Index:
    """Return the registers at one minute (0 to 119) of the legal day, on ascending days.

    The monthly frozen index of C1-C4 is read at minute 50 (observed 2023). Days outside of what
    the point may tell are left out.
    """
    if not jours:
        return _index([(point, 0, 0)], None, grandeur)[0]
    i0, i1 = _jours_lus(point, jours[0], jours[-1] + timedelta(1))
    minutes = [np.full(i1 - i0, minute, np.int64)] if minute else None
    (tous,) = _index([(point, i0, i1)], minutes, grandeur)
    rangs = np.array([n - i0 for n in map(numero_borne, jours) if i0 <= n < i1], np.int64)
    return Index(*(column[..., rangs] for column in vars(tous).values()))


def index_at(
    point: PointMesure, instants: Sequence[datetime], grandeur: Grandeur = Grandeur.PA
) -> Index:
    """Return the registers at these aware instants (ascending), by the minute: an index at a time.

    Instants outside of what the point may tell are left out, and none is lost. In the hour that
    autumn lives twice, what was spent of it by that minute is of both (assumed).
    """
    legal = [instant.astimezone(PARIS) for instant in instants]
    jours = [(point, *_jours_lus(point, each.date(), each.date() + timedelta(1))) for each in legal]
    lus = _index(
        jours,
        [
            np.full(i1 - i0, 60 * at.hour + at.minute)
            for at, (_, i0, i1) in zip(legal, jours, strict=True)
        ],
        grandeur,
    )
    whole = Index(
        *(np.concatenate([getattr(lu, each.name) for lu in lus], axis=-1) for each in fields(Index))
    )
    epochs = [int(at.timestamp()) for at, lu in zip(instants, lus, strict=True) if len(lu.total)]
    horodates = np.array(epochs, np.int64)
    valides = np.ones(len(horodates), np.bool_)
    return replace(whole, horodates=horodates, decalages=decalages(horodates), valides=valides)


def index_er(inductif: Index, capacitif: Index) -> Index:
    """Return the registers of ER from those of ERI (PRI) and ERC (PRC) at the same readings, VArh.

    ER is reactive energy that isn't split: each register is the sum of the other two (assumed: no
    source tells how the three relate).
    """
    return replace(
        inductif,
        fournisseur=inductif.fournisseur + capacitif.fournisseur,
        distributeur=inductif.distributeur + capacitif.distributeur,
        total=inductif.total + capacitif.total,
    )


def _jours_lus(point: PointMesure, debut: date, fin: date) -> tuple[int, int]:
    """Return the days of [debut, fin) that have a reading: the last one closes the point's life."""
    premier, dernier = vie(point)
    i0 = max(numero_borne(debut), premier)
    return i0, max(i0, min(numero_borne(fin), dernier + 1))


def _index(
    lectures: Sequence[JoursLus], minutes: Sequence[Entiers] | None, grandeur: Grandeur
) -> list[Index]:
    """Read the registers on the days of each, at midnight or at a minute of each day."""
    table = calendrier()
    horodates = [table.minuits[i0:i1] for _, i0, i1 in lectures]
    if minutes is not None:
        for rang, (_, i0, i1) in enumerate(lectures):
            changes = np.where(minutes[rang] >= 180, (table.heures[i0:i1] - 24) * 3600, 0)
            horodates[rang] = horodates[rang] + 60 * minutes[rang] + changes
    lus = registres_lus(lectures, minutes, grandeur)
    decales = [decalages(instants) for instants in horodates]
    perdus = [index_perdus(*lecture) for lecture in lectures]
    return [
        Index(
            horodates=instants,
            decalages=decale,
            fournisseur=registres[:CADRANS_FOURNISSEUR],
            distributeur=registres[CADRANS_FOURNISSEUR:_TOTAL],
            total=registres[_TOTAL],
            valides=~perdu,
        )
        for instants, decale, registres, perdu in zip(horodates, decales, lus, perdus, strict=True)
    ]


def registres_lus(
    lectures: Sequence[JoursLus],
    minutes: Sequence[Entiers] | None = None,
    grandeur: Grandeur = Grandeur.PA,
) -> list[Entiers]:
    """Return what the meters show on the days [i0, i1) of each, communicating or not, at midnight
    or at a minute of each: shape (16, n), the supplier's registers, the distributor's, the total.
    """
    lus = [np.zeros((_TOTAL + 1, i1 - i0), np.int64) for _, i0, i1 in lectures]
    parts: list[tuple[int, CompteurPose, JoursLus]] = []
    for rang, (point, i0, i1) in enumerate(lectures):
        for compteur in point.compteurs:
            a, b = max(i0, numero_borne(compteur.pose)), i1
            if compteur.depose is not None:
                # The day a meter is replaced is the new one's; the last one is read when it goes.
                b = min(i1, numero_borne(compteur.depose) + (compteur is point.compteurs[-1]))
            if a < b:
                parts.append((rang, compteur, (point, a, b)))
    several = [(point, a, b - 1) for _, _, (point, a, b) in parts if b - a > 1]
    whole = iter(energies_des_registres(several, grandeur) if several else ())
    meters: dict[tuple[PointMesure, int], set[int]] = defaultdict(set)
    for _, compteur, (point, a, _) in parts:
        meters[point, numero_borne(compteur.pose)].add(a)
    counted = {meter: _comptes(*meter, jours, grandeur) for meter, jours in meters.items()}
    begun: Sequence[Entiers | int] = [0] * len(parts)
    if minutes is not None:
        jusque = [minutes[rang][a - lectures[rang][1] :][: b - a] for rang, _, (_, a, b) in parts]
        begun = energies_des_registres([jours for *_, jours in parts], grandeur, jusque)
    for (rang, compteur, (point, a, b)), du_jour in zip(parts, begun, strict=True):
        ici = lus[rang][:, a - lectures[rang][1] :][:, : b - a]
        ici[:, 0] = counted[point, numero_borne(compteur.pose)][a]
        if b - a > 1:
            next(whole).cumsum(axis=1, out=ici[:, 1:])
            ici[:, 1:] += ici[:, :1]
        ici += du_jour
        ici[:] = _round_shown(point, ici)
        if grandeur is Grandeur.PA:
            _show_meter(point, compteur, a, ici)
    return lus


def registres_de_depose(point: PointMesure, compteur: CompteurPose) -> Entiers:
    """Return what a meter showed when it was removed, shape (16,); `ValueError` if it was not."""
    if compteur.depose is None:
        raise ValueError("the meter is still in place")
    pose, depose = numero_borne(compteur.pose), numero_borne(compteur.depose)
    lus = _round_shown(point, _comptes(point, pose, [depose], Grandeur.PA)[depose])
    _show_meter(point, compteur, depose, lus[:, None])
    return lus


def _show_meter(point: PointMesure, compteur: CompteurPose, i0: int, lus: Entiers) -> None:
    """Have registers that count from zero show what those of a meter do, from the day `i0` on."""
    initiaux = np.zeros(_TOTAL + 1, np.int64)
    initiaux[[*_REGISTRES_INITIAUX]] = compteur.index_initial
    lus += initiaux[:, None]
    if not point.petit or point.donnees is None:
        return
    pose = numero_borne(compteur.pose)
    depose = None if compteur.depose is None else numero_borne(compteur.depose)

    def sommes(jour: int) -> Entiers:
        return _comptes(point, pose, [jour], Grandeur.PA)[jour] + initiaux

    through_given(point.donnees, pose, depose, i0, lus, sommes)


def _round_shown(point: PointMesure, energies: Entiers) -> Entiers:
    """Return what registers show: Wh for C5 and P4, whole kWh (in Wh) for the others."""
    return energies if point.petit else energies // 12 * 1000


@computed_once(POINTS_GARDES)
def compte_garde(_point: PointMesure, pose: int, _grandeur: Grandeur) -> list[tuple[int, Entiers]]:
    """Return where the last count of a meter is kept: its day, and what its registers count from
    when it was put in place until then."""
    return [(pose, np.zeros(_TOTAL + 1, np.int64))]


def _comptes(
    point: PointMesure, pose: int, asked: Iterable[int], grandeur: Grandeur
) -> dict[int, Entiers]:
    """Return what the registers of a meter count until each of these days, shape (16,).

    A life isn't added up again for a later day: what was counted is kept, by point.
    """
    jours, garde = sorted(asked), compte_garde(point, pose, grandeur)
    kept = garde[0]
    if jours == [kept[0]]:
        return {kept[0]: kept[1].copy()}
    until, sommes = kept if kept[0] <= jours[0] else (pose, 0)
    comptes = sommes + _sommes(point, [until, *jours], grandeur).cumsum(axis=0)
    if jours[-1] > kept[0]:
        garde[0] = jours[-1], comptes[-1].copy()
    return dict(zip(jours, comptes, strict=True))


def _sommes(point: PointMesure, bords: Sequence[int], grandeur: Grandeur) -> Entiers:
    """Return what each register counts from each of these days to the next, shape (n, 16).

    As `energies_des_registres` summed, but no day has its registers: a meter lives for years.
    """
    sommes = np.zeros((len(bords) - 1, _TOTAL + 1), np.int64)
    for j in journees(point, bords[0], bords[-1], grandeur):
        jour, nombre = jour_de(j.premier), j.nombre
        cut = [min(max(each - j.premier, 0), nombre) for each in bords]
        parts = [(n, slice(a, b)) for n, (a, b) in enumerate(pairwise(cut)) if a < b]
        spent: dict[tuple[int, ...], Entiers] = {}
        comptes = {Structure.BASE: [j.totaux[ici].sum(keepdims=True) for _, ici in parts]}
        for grilles, premier in (
            (point.grille_fournisseur, 0),
            (point.grille_distributeur, CADRANS_FOURNISSEUR),
            ((), _TOTAL),
        ):
            grille = en_vigueur(grilles, jour)
            structure = Structure.BASE if grille is None else grille.structure
            if structure not in comptes:
                bornes, natures = decoupage(structure, plages_de(point, jour))
                if bornes not in spent:
                    minutes = np.array(bornes, np.int64)[:, None]
                    spent[bornes] = np.concatenate([j.registres(minutes), j.totaux[None]])
                comptes[structure] = [
                    sum_by_cadran(structure, natures, j.premier + ici.start, spent[bornes][:, ici])
                    for _, ici in parts
                ]
            for (rang, _), compte in zip(parts, comptes[structure], strict=True):
                sommes[rang, premier : premier + len(compte)] += compte
    return sommes


def energies_des_registres(
    lectures: Sequence[JoursLus], grandeur: Grandeur, minutes: Sequence[Entiers] | None = None
) -> list[Entiers]:
    """Return what each register of each point counts on each of its days, or until a minute of it:
    shape (16, n)."""
    energies = [np.zeros((_TOTAL + 1, i1 - i0), np.int64) for _, i0, i1 in lectures]
    jours = [
        (rang, j) for rang, lecture in enumerate(lectures) for j in journees(*lecture, grandeur)
    ]
    dates = [jour_de(j.premier) for _, j in jours]
    plages = [
        plages_de(lectures[rang][0], jour) for (rang, _), jour in zip(jours, dates, strict=True)
    ]
    cuts, bornes, asked = [], [], []
    for (rang, j), jour, creuses in zip(jours, dates, plages, strict=True):
        point, i0, _ = lectures[rang]
        grilles = (
            en_vigueur(cote, jour) for cote in (point.grille_fournisseur, point.grille_distributeur)
        )
        structures = [grille.structure if grille else Structure.BASE for grille in grilles]
        cuts.append([(each, *decoupage(each, creuses)) for each in structures])
        bornes.append([*dict.fromkeys(borne for cut in cuts[-1] for borne in cut[1])])
        asked.append(np.array([*bornes[-1], 1440], np.int64)[:, None])
        if minutes is not None:
            asked[-1] = np.minimum(asked[-1], minutes[rang][j.premier - i0 :][: j.nombre])
    spent = [j.registres(ends) for (_, j), ends in zip(jours, asked, strict=True)]
    for (rang, j), of_grids, ends, lus in zip(jours, cuts, bornes, spent, strict=True):
        ici = energies[rang][:, j.premier - lectures[rang][1] :][:, : lus.shape[1]]
        ici[_TOTAL] = lus[-1]
        days = np.arange(lus.shape[1])
        for premier, (structure, coupes, natures) in zip(
            _REGISTRES_INITIAUX, of_grids, strict=False
        ):
            cumuls = lus[[*map(ends.index, coupes), -1]]
            cadrans = cadrans_des_jours(structure)[:, j.premier + days].take(natures, axis=0)
            for cadran, part in zip(cadrans, np.diff(cumuls, axis=0, prepend=0), strict=True):
                ici[premier - 1 + cadran, days] += part
    return energies

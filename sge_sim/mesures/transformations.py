"""What events make of an installation: other occupants, a car, insulation, a second shift.

A place as it was drawn is changed column by column, so what didn't change stays as it was, to the
unit. All is plausible, not measured (assumed); how often, and by how much: `evenements`.
"""

from collections.abc import Callable
from itertools import count
from math import isqrt
from typing import Any, Final, NamedTuple

import numpy as np

from sge_sim.domaine.plages import Plages
from sge_sim.mesures.alea import draws
from sge_sim.mesures.climat import (
    CHAUFFAGE,
    EAU,
    FAMILLE,
    PREMIER_DE_ZONE,
    TOUJOURS,
    VOYAGEUR,
    find_ciel,
    find_facteur,
)
from sge_sim.mesures.formes import Sorte, banque
from sge_sim.mesures.foyers import draw_voiture, find_logement, make_pompe
from sge_sim.mesures.hasard import FRACTION, UN, PointStream
from sge_sim.mesures.tableaux import Entiers, Masque
from sge_sim.mesures.usages import COLONNES, Installation, make_installation

TIRAGES: Final = 112
"""More draws than an installation takes."""
_REGLAGE: Final = (82, 118)
"""Per cent of a dwelling's heating that other occupants have of it: they set it otherwise."""
_HABITEES: Final = (TOUJOURS, FAMILLE, VOYAGEUR)
_RELEVE: Final = 16
"""Half-hours after the first shift at which the second one starts."""
_OUVERTURES: Final = (Sorte.PLATEAU, Sorte.COUPURE, Sorte.MACHINES)


class EtatDuLieu(NamedTuple):
    """What has changed in a place since it was drawn. `occupant`: the number under which those who
    are there were drawn, 0 for the first ones; `acquis`: what else has come, oldest first, each
    with the per cent and the number that its event drew."""

    occupant: int = 0
    acquis: tuple[tuple[str, int, int], ...] = ()


D_ORIGINE: Final = EtatDuLieu()


class Lieu(NamedTuple):
    """What the first occupants, and all that comes later, find. `tirer` returns an installation
    from a stream."""

    puissance: int
    zone: int
    plages: Plages
    asservi: bool
    petit: bool
    tirer: Callable[[PointStream], Installation]


def stream_of(tire: int) -> PointStream:
    """Return the stream of what comes with an event that drew this number."""
    return PointStream(draws(tire, np.arange(TIRAGES)))


def transform(premiere: Installation, etat: EtatDuLieu, lieu: Lieu, *, foyer: bool) -> Installation:
    """Return what the events that led to `etat` made of an installation; `foyer`: a dwelling's."""
    inst = premiere
    if etat.occupant:
        inst = (
            _move_in(inst, etat.occupant, lieu) if foyer else lieu.tirer(stream_of(etat.occupant))
        )
    for nom, part, tire in etat.acquis:
        match nom:
            case "isolation":
                inst = _scale(inst, is_chauffage(inst), part)
            case "pompe":
                inst = _add_pompe(inst, part, tire, lieu)
            case "voiture":
                inst = _add_voiture(inst, tire, lieu)
            case "equipe":
                inst = _add_shift(inst, part, lieu)
            case "travaux" | "fermeture":
                inst = _close(inst, part, rest=50 if nom == "fermeture" else 100)
            case "croissance" | "baisse":
                inst = inst._replace(energies=inst.energies * part // 100)
    return inst


def is_chauffage(dwelling: Installation) -> Masque:
    """Tell which uses of a dwelling heat it: nothing else of it follows its zone."""
    chauffe: Masque = dwelling.facteurs >= PREMIER_DE_ZONE
    return chauffe


def _is_voiture(dwelling: Installation) -> Masque:
    voiture: Masque = (dwelling.blocs & (dwelling.retards != 0))[:, 0] & (dwelling.facteurs != EAU)
    return voiture


def _move_in(dwelling: Installation, occupant: int, lieu: Lieu) -> Installation:
    """Return a dwelling with other occupants: habits, absences and car are theirs, half of the
    level too; heating and water heater are the dwelling's. Where nobody lives all year, nothing
    changes."""
    if dwelling.presence not in _HABITEES:
        return dwelling
    drawn = (lieu.tirer(stream_of(occupant + rang)) for rang in count())
    others = next(inst for inst in drawn if inst.presence in _HABITEES)
    (a, b), (c, d) = _find_bati(dwelling), _find_bati(others)
    columns: dict[str, Any] = {
        nom: np.concatenate((theirs[:c], getattr(dwelling, nom)[a:b], theirs[d:]))
        for nom in COLONNES
        for theirs in (getattr(others, nom),)
    }
    avant, apres = int(dwelling.energies[:a, 0].sum()), int(others.energies[:c, 0].sum())
    niveau = isqrt(UN * UN * avant // max(apres, 1))
    least, most = _REGLAGE
    chauffage = UN * (least + occupant % (most - least + 1)) // 100
    energies = columns["energies"]
    parts = [niveau] * c + [
        chauffage if facteur >= PREMIER_DE_ZONE else UN for facteur in dwelling.facteurs[a:b]
    ]
    energies[: len(parts)] = energies[: len(parts)] * np.array(parts)[:, None] >> FRACTION
    return others._replace(**columns, ciel=dwelling.ciel)


def _find_bati(dwelling: Installation) -> tuple[int, int]:
    """Return which uses of a dwelling are its heating and its water heater: after those of who
    lives there, before the car."""
    bati = [
        rang
        for rang, facteur in enumerate(dwelling.facteurs.tolist())
        if facteur == EAU or facteur >= PREMIER_DE_ZONE
    ]
    if not bati:
        last = len(dwelling.facteurs) - int(_is_voiture(dwelling).sum())
        return last, last
    return bati[0], bati[-1] + 1


def _add_pompe(dwelling: Installation, part: int, tire: int, lieu: Lieu) -> Installation:
    """Return a dwelling that a heat pump heats, which takes a part of what heat is, per cent."""
    if dwelling.presence not in _HABITEES or dwelling.ciel is not None:
        return dwelling
    chauffe = is_chauffage(dwelling)
    if chauffe.any():
        watts = int(dwelling.energies[chauffe, 0].sum()) // 24
        facteur = int(dwelling.facteurs[chauffe][0])
    else:
        watts = stream_of(tire).size(*find_logement(lieu.puissance)[1].par_degre)
        facteur = find_facteur(lieu.zone, CHAUFFAGE)
    pompe = make_installation([make_pompe(watts * part // 100, facteur)], 48)
    ciel = find_ciel(lieu.zone, facteur - find_facteur(lieu.zone, CHAUFFAGE) + CHAUFFAGE)
    return _add(_only(dwelling, ~chauffe), pompe)._replace(ciel=ciel)


def _add_voiture(dwelling: Installation, tire: int, lieu: Lieu) -> Installation:
    if lieu.puissance < 6 or dwelling.presence not in _HABITEES or _is_voiture(dwelling).any():
        return dwelling
    charge = draw_voiture(stream_of(tire), lieu.puissance, lieu.plages, asservi=lieu.asservi)
    return _add(dwelling, make_installation([charge], 48))


def _add_shift(place: Installation, part: int, lieu: Lieu) -> Installation:
    """Return a place whose strongest use of an opening runs again after itself; the same place
    where it opens for nothing."""
    groupes = banque(48 if lieu.petit else 288).groupes
    starts = [
        (int(energie), usage, groupe.retard(depart, _RELEVE))
        for usage, (energie, ligne) in enumerate(
            zip(place.energies[:, 0], place.lignes[:, 0].tolist(), strict=True)
        )
        for groupe in map(groupes.__getitem__, _OUVERTURES)
        if (depart := groupe.find_start(ligne)) is not None
    ]
    if not starts:
        return place
    _, usage, retard = max(starts)
    seconde = _only(place, np.arange(len(place.facteurs)) == usage)
    seconde = seconde._replace(
        energies=seconde.energies * part // 100, lignes=seconde.lignes + retard
    )
    return _add(place, seconde)


def _close(place: Installation, part: int, *, rest: int) -> Installation:
    """Return a place of whose uses a part is left, per cent, and `rest` of what never stops."""
    energies = place.energies * part // 100
    energies[0] = place.energies[0] * rest // 100
    return place._replace(energies=energies)


def _scale(inst: Installation, usages: Masque, part: int) -> Installation:
    parts: Entiers = np.where(usages, part, 100)
    return inst._replace(energies=inst.energies * parts.reshape(-1, 1) // 100)


def _only(inst: Installation, usages: Masque) -> Installation:
    rangs = usages.nonzero()[0]
    columns: dict[str, Any] = {nom: getattr(inst, nom).take(rangs, axis=0) for nom in COLONNES}
    return inst._replace(**columns)


def _add(inst: Installation, autre: Installation) -> Installation:
    columns: dict[str, Any] = {
        nom: np.concatenate((getattr(inst, nom), getattr(autre, nom))) for nom in COLONNES
    }
    return inst._replace(**columns)

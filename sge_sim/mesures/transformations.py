"""What events make of an installation: other occupants, a car, insulation, a second shift.

An installation that has lived has a column of energies and of rows for each period of its life, so
what didn't change stays as it was, to the unit; what comes later takes nothing before. All is
plausible, not measured (assumed); how often, and by how much: `evenements`.
"""

from collections.abc import Sequence
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
from sge_sim.mesures.dessins import EVEILS, VARIANTES_D_EVEIL
from sge_sim.mesures.formes import Sorte, banque
from sge_sim.mesures.foyers import DE_TOUS, draw_voiture, find_logement, make_pompe
from sge_sim.mesures.hasard import PointStream
from sge_sim.mesures.tableaux import Entiers, Masque, join_columns
from sge_sim.mesures.usages import COLONNES, Installation, make_installation

_TIRAGES: Final = np.arange(16)
"""More draws than what comes with an event takes."""
_REGLAGE: Final = (82, 118)
"""Per cent of a dwelling's heating that other occupants have of it: they set it otherwise."""
_NIVEAU: Final = (100, 41, 30, 330)
_ACTIVITE: Final = (60, 130)
"""Per cent of all uses of a place, then of each, that other people have of it."""
_REPAS: Final = ((Sorte.MATIN, 7.5), (Sorte.SOIR, 18.5))
"""Uses of a dwelling, from its third one on, that have the hours of who lives there."""
_RESTE: Final = 50
"""Per cent of what never stops that is left where all else does."""
_HABITEES: Final = (TOUJOURS, FAMILLE, VOYAGEUR)
_RELEVE: Final = 16
"""Half-hours after the first shift at which the second one starts."""
_OUVERTURES: Final = (Sorte.PLATEAU, Sorte.COUPURE, Sorte.MACHINES)


class PeriodeDeVie(NamedTuple):
    """What begins with an event, on the day of this number: `cause`, its name, the per cent that is
    left by it, or comes, and the number that its year drew."""

    debut: int
    cause: str
    part: int
    tire: int


class Lieu(NamedTuple):
    """What all that comes to a place finds."""

    puissance: int
    zone: int
    plages: Plages
    asservi: bool
    petit: bool


def live(first: Installation, periodes: Sequence[PeriodeDeVie], lieu: Lieu) -> Installation:
    """Return what an installation is in each of these periods, after what it is before them."""
    inst, ouvert, energies, lignes = first, 100, [first.energies], [first.lignes]
    for _, nom, part, tire in periodes:
        inst = _change(inst, nom, part, tire, lieu)
        if nom in ("travaux", "fermeture", "fin", "reprise"):
            ouvert = part
        ici = inst.energies
        if ouvert < 100:
            ici = ici * ouvert // 100
            ici[0] = inst.energies[0] * max(ouvert, _RESTE) // 100
        energies.append(ici)
        lignes.append(inst.lignes)
    # A use that isn't there yet has its row already: it takes nothing.
    lignes = [
        np.concatenate((ici, inst.lignes[len(ici) :])) if len(ici) < len(inst.lignes) else ici
        for ici in lignes
    ]
    return inst._replace(
        energies=join_columns(energies),
        lignes=join_columns(lignes),
        debuts=tuple([periode.debut for periode in periodes]),
    )


def _change(inst: Installation, nom: str, part: int, tire: int, lieu: Lieu) -> Installation:
    """Return what an event makes of an installation."""
    t = PointStream(draws(tire, _TIRAGES))
    match nom:
        case "croissance" | "baisse":
            return inst._replace(energies=inst.energies * part // 100)
        case "equipe":
            return _add_shift(inst, part, petit=lieu.petit)
        case "reprise" | "titulaire" if not inst.foyer:
            return _scale(inst, np.array([t.between(*_ACTIVITE) for _ in inst.facteurs]))
    # Where nobody lives all year, nothing changes.
    if not inst.foyer or inst.presence not in _HABITEES:
        return inst
    chauffe = inst.facteurs >= PREMIER_DE_ZONE
    voiture = (inst.blocs & (inst.retards != 0))[:, 0] & (inst.facteurs != EAU)
    match nom:
        case "occupants" | "titulaire":
            return _move_in(inst, t, chauffe, voiture)
        case "isolation":
            return _scale(inst, np.where(chauffe, part, 100))
        case "pompe" if inst.ciel is None:
            return _add_pompe(inst, part, t, lieu, chauffe)
        case "voiture" if lieu.puissance >= 6 and not inst.energies[voiture].any():
            charge = draw_voiture(t, lieu.puissance, lieu.plages, asservi=lieu.asservi)
            return _add(inst, make_installation([charge], 48))
    return inst


def _move_in(
    dwelling: Installation, t: PointStream, chauffe: Masque, voiture: Masque
) -> Installation:
    """Return a dwelling with other occupants: their hours, their level, another heat. A car leaves
    with its owners; absences, heating and water heater are the dwelling's."""
    niveau = t.size(*_NIVEAU)
    parts = np.array(
        [
            niveau * t.between(*_ACTIVITE) // 100 if rang < DE_TOUS else 100
            for rang in range(len(chauffe))
        ]
    )
    parts[chauffe], parts[voiture] = t.between(*_REGLAGE), 0
    lignes, groupes = dwelling.lignes.copy(), banque(48).groupes
    lignes[1] = groupes[Sorte.EVEIL].debut + VARIANTES_D_EVEIL * t.between(0, len(EVEILS) - 1)
    for usage, (sorte, heure) in enumerate(_REPAS, 2):
        depart = min(max(t.around_hour(heure, 1.5), 6), 47)
        lignes[usage] += groupes[sorte].ligne(depart) - lignes[usage, 0]
    return _scale(dwelling, parts)._replace(lignes=lignes)


def _add_pompe(
    dwelling: Installation, part: int, t: PointStream, lieu: Lieu, chauffe: Masque
) -> Installation:
    """Return a dwelling that a heat pump heats, which takes a part of what heat is, per cent."""
    facteur = find_facteur(lieu.zone, CHAUFFAGE)
    seuil = int(dwelling.facteurs[chauffe][0]) - facteur if chauffe.any() else 0
    watts = int(dwelling.energies[chauffe, 0].sum()) // 24
    watts = watts or t.size(*find_logement(lieu.puissance)[1].par_degre)
    pompe = make_installation([make_pompe(watts * part // 100, facteur + seuil)], 48)
    ciel = find_ciel(lieu.zone, seuil + CHAUFFAGE)
    return _add(_scale(dwelling, np.where(chauffe, 0, 100)), pompe)._replace(ciel=ciel)


def _add_shift(place: Installation, part: int, *, petit: bool) -> Installation:
    """Return a place whose strongest use of an opening runs again after itself; the same place
    where it opens for nothing."""
    groupes = banque(48 if petit else 288).groupes
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
    columns: dict[str, Any] = {nom: getattr(place, nom)[usage : usage + 1] for nom in COLONNES}
    columns["energies"] = columns["energies"] * part // 100
    columns["lignes"] = columns["lignes"] + retard
    return _add(place, place._replace(**columns))


def _scale(inst: Installation, parts: Entiers) -> Installation:
    """Return an installation of whose uses so much is left, per cent."""
    return inst._replace(energies=inst.energies * parts[:, None] // 100)


def _add(inst: Installation, autre: Installation) -> Installation:
    columns: dict[str, Any] = {
        nom: np.concatenate((getattr(inst, nom), getattr(autre, nom))) for nom in COLONNES
    }
    return inst._replace(**columns)

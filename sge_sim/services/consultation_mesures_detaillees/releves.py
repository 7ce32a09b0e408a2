"""The daily and monthly indexes that answer a demand of v3.0, by calendar and time class."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sge_sim.mesures import (
    Grille,
    Index,
    PointMesure,
    grilles_entre,
    index_aux,
    index_courants,
    index_quotidiens,
    minuits,
)
from sge_sim.mesures.alea import Entiers
from sge_sim.mesures.consommations import MINUTE_DU_RELEVE
from sge_sim.referentiel.calendriers import ClasseNommee, calendrier_nomme
from sge_sim.services.consultation_mesures_detaillees.demande import Demande
from sge_sim.services.consultation_mesures_detaillees.series import ENERGIES, TOUT

_ORDRE_C1_C4 = ("PTE", "HPH", "HCH", "HPE", "HCE")
"""Classes as they come for C1-C4 (observed 2023, but for PTE)."""


@dataclass(frozen=True)
class Registre:
    """A register and its readings, ascending; `cadran` is what the meter calls it (C5 and P4)."""

    classe: str
    libelle: str
    cadran: str | None
    horodates: Entiers
    decalages: Entiers
    valeurs: Entiers


@dataclass(frozen=True)
class CalendrierReleve:
    """A calendar in force and its registers."""

    code: str
    libelle: str
    registres: tuple[Registre, ...]


@dataclass(frozen=True)
class GrandeurRelevee:
    """An energy (EA, ERI, ERC), its calendars and, for C5 and P4, its total."""

    grandeur: str
    calendriers: tuple[CalendrierReleve, ...]
    total: Registre | None


@dataclass(frozen=True)
class Contexte:
    """How readings were taken: AQ each midnight (C5, P4); RC each night, RM each month."""

    contexte: str
    type: str
    grandeurs: tuple[GrandeurRelevee, ...]


def read_contextes(point: PointMesure, demande: Demande) -> tuple[Contexte, ...]:
    """Return the readings of a demand; what has none is left out.

    Quantities that the simulated meter doesn't count (ER, DD, DE, DQ, PMA, TF) have none.
    """
    if point.petit:
        contextes = [_contexte(point, demande, "COL", "AQ")]
    else:
        contextes = [_contexte(point, demande, "FMR", type) for type in ("RC", "RM")]
    return tuple(contexte for contexte in contextes if contexte.grandeurs)


def _contexte(point: PointMesure, demande: Demande, contexte: str, type: str) -> Contexte:
    relevees = []
    for grandeur in ("EA",) if point.petit else ENERGIES:
        if demande.grandeur in (grandeur, TOUT):
            index = _read(point, demande, grandeur, type)
            if index.valides.any():
                relevees.append(_grandeur(point, demande, grandeur, index))
    return Contexte(contexte, type, tuple(relevees))


def _read(point: PointMesure, demande: Demande, grandeur: str, type: str) -> Index:
    debut, fin, puissance = demande.debut, demande.fin, ENERGIES[grandeur]
    match type:
        case "AQ":
            return index_quotidiens(point, debut, fin, puissance)
        case "RC":
            return index_courants(point, debut, fin, puissance)
        case _:
            tous = (debut + timedelta(rang) for rang in range(demande.jours))
            jours = [jour for jour in tous if jour.day == point.jour_releve]
            return index_aux(point, jours, MINUTE_DU_RELEVE, puissance)


def _grandeur(point: PointMesure, demande: Demande, grandeur: str, index: Index) -> GrandeurRelevee:
    """The supplier's calendars come before the distributor's (observed 2023)."""
    sens = "I" if point.injection else "S"
    cotes = (
        (point.grille_fournisseur, index.fournisseur, "F"),
        (point.grille_distributeur, index.distributeur, "D"),
    )
    calendriers = [
        _calendrier(
            point, grille, index, valeurs, _rangs(index, debut, fin), f"IDX_EA{sens}_{cote}"
        )
        for grilles, valeurs, cote in cotes
        for grille, debut, fin in grilles_entre(grilles, demande.debut, demande.fin)
    ]
    total = None
    if point.petit:
        tous = np.flatnonzero(index.valides)
        total = _registre("", "", f"IDX_EA{sens}_T", index, index.total, tous)
    return GrandeurRelevee(
        grandeur, tuple(c for c in calendriers if len(c.registres[0].horodates)), total
    )


def _rangs(index: Index, debut: date, fin: date) -> Entiers:
    """Return the readings that weren't lost of the days [debut, fin)."""
    bornes = minuits(debut, fin)
    jours = (index.horodates >= bornes[0]) & (index.horodates < bornes[-1])
    return np.flatnonzero(index.valides & jours)


def _calendrier(
    point: PointMesure,
    grille: Grille,
    index: Index,
    valeurs: Entiers,
    rangs: Entiers,
    cadran: str,
) -> CalendrierReleve:
    nomme = calendrier_nomme(grille)
    classes: Sequence[ClasseNommee] = nomme.classes
    if not point.petit:
        classes = sorted(classes, key=lambda classe: _rank(classe.code))
    return CalendrierReleve(
        nomme.code,
        nomme.libelle,
        tuple(
            _registre(
                classe.code,
                classe.libelle,
                f"{cadran}{classe.cadran}" if point.petit else None,
                index,
                valeurs[classe.cadran - 1],
                rangs,
            )
            for classe in classes
        ),
    )


def _rank(classe: str) -> int:
    return _ORDRE_C1_C4.index(classe) if classe in _ORDRE_C1_C4 else -1


def _registre(
    classe: str,
    libelle: str,
    cadran: str | None,
    index: Index,
    valeurs: Entiers,
    rangs: Entiers,
) -> Registre:
    return Registre(
        classe, libelle, cadran, index.horodates[rangs], index.decalages[rangs], valeurs[rangs]
    )

"""The daily and monthly indexes of a point that are asked for, by calendar and time class."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sge_sim.mesures.calendrier import minuits
from sge_sim.mesures.consommations import MINUTE_DU_RELEVE
from sge_sim.mesures.depassements import grandeurs_facturees, registres_factures
from sge_sim.mesures.grilles_nommees import ClasseNommee, calendrier_nomme
from sge_sim.mesures.index import (
    Index,
    index_aux,
    index_courants,
    index_er,
    index_quotidiens,
)
from sge_sim.mesures.interventions import (
    Intervention,
    find_interventions,
    index_d_intervention,
)
from sge_sim.mesures.lecture import ENERGIES, TOUT, Lecture
from sge_sim.mesures.point import Grille, PointMesure, grilles_entre
from sge_sim.mesures.tableaux import Entiers

_ORDRE_C1_C4 = ("PTE", "HPH", "HCH", "HPE", "HCE")
"""Classes as they come for C1-C4 (observed 2023, but for PTE)."""
_MINUTE_FIXE = 5
"""Minute of the night of the reading at a fixed hour near midnight (which one: assumed)."""


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
    """An energy or what is billed beside it, its calendars and, for C5 and P4, its total; `unite`:
    where it isn't that of all points."""

    grandeur: str
    calendriers: tuple[CalendrierReleve, ...]
    total: Registre | None
    unite: str | None = None


@dataclass(frozen=True)
class Contexte:
    """How readings were taken: AQ each midnight (C5, P4); RC each night, RM each month, LC at a
    fixed hour (the others); AV, AS, AP, LC as something is done to the meter, RC on demand.
    `motif`: why the meter was read on the spot."""

    contexte: str
    type: str
    grandeurs: tuple[GrandeurRelevee, ...]
    motif: str | None = None


def read_contextes(
    point: PointMesure, lecture: Lecture, *, rhf: bool = False
) -> tuple[Contexte, ...]:
    """Return the readings that are asked for; what has none is left out.

    What the simulated meter doesn't count has none: reactive energies on a C5; ER on large points
    (assumed: the guide tells it of P4 alone); DD, DE, DQ, PMA and TF on C5 and P4; DD, DE and DQ
    on production. `rhf`: large points are read at a fixed hour near midnight too (GUI 0497 v1.5.0).
    """
    if point.petit:
        contextes = [_contexte(point, lecture, "COL", "AQ")]
    else:
        contextes = [_contexte(point, lecture, "FMR", type) for type in ("RC", "RM")]
        if rhf:
            contextes.append(_contexte(point, lecture, "RHF", "LC"))
    contextes += [
        Contexte(
            intervention.contexte,
            intervention.type,
            tuple(_read_then(point, lecture, intervention)),
            intervention.motif,
        )
        for intervention in find_interventions(point, lecture.debut, lecture.fin)
    ]
    return tuple(contexte for contexte in contextes if contexte.grandeurs)


def _contexte(point: PointMesure, lecture: Lecture, contexte: str, type: str) -> Contexte:
    relevees = (
        *_energies(point, lecture, type),
        *_reactives(point, lecture, type),
        *_facturees(point, lecture, type),
    )
    return Contexte(contexte, type, relevees)


def _read_then(
    point: PointMesure, lecture: Lecture, intervention: Intervention
) -> Iterator[GrandeurRelevee]:
    """What is asked for is read whole; what is done to a meter tells its energies (assumed)."""
    yield from _energies(point, lecture, intervention)
    if intervention.contexte == "CRD":
        yield from _facturees(point, lecture, intervention)


def _energies(
    point: PointMesure, lecture: Lecture, type: str | Intervention
) -> Iterator[GrandeurRelevee]:
    """The supplier's calendars come before the distributor's (observed 2023)."""
    for grandeur in ("EA",) if point.petit else ENERGIES:
        if lecture.grandeur not in (grandeur, TOUT):
            continue
        index = _read(point, lecture, grandeur, type)
        if not index.valides.any():
            continue
        calendriers = [
            calendrier
            for grilles, valeurs, cote in (
                (point.grille_fournisseur, index.fournisseur, "F"),
                (point.grille_distributeur, index.distributeur, "D"),
            )
            for calendrier in _calendriers(point, lecture, index, grilles, valeurs, cote)
        ]
        total = None
        if point.petit:
            tous = np.flatnonzero(index.valides)
            total = _registre("", "", _cadran(point, "T"), index, index.total, tous)
        yield GrandeurRelevee(grandeur, tuple(calendriers), total)


def _reactives(point: PointMesure, lecture: Lecture, type: str) -> Iterator[GrandeurRelevee]:
    """A P4 counts its reactive energies (GUI 0497 v1.5.0), in total alone (assumed).

    No register is known for ER: it comes without one (assumed).
    """
    if point.segment != "P4":
        return
    inductif, capacitif = (_read(point, lecture, grandeur, type) for grandeur in ("ERI", "ERC"))
    for grandeur, cadran, index in (
        ("ER", None, index_er(inductif, capacitif)),
        ("ERI", "IDX_ERI_I", inductif),
        ("ERC", "IDX_ERI_C", capacitif),
    ):
        lus = np.flatnonzero(index.valides)
        if lecture.grandeur in (grandeur, TOUT) and len(lus):
            total = _registre("", "", cadran, index, index.total, lus)
            yield GrandeurRelevee(grandeur, (), total)


def _facturees(
    point: PointMesure, lecture: Lecture, type: str | Intervention
) -> Iterator[GrandeurRelevee]:
    """They are read with the energies, on the distributor's classes alone (assumed)."""
    demandees = [g for g in grandeurs_facturees(point) if lecture.grandeur in (g, TOUT)]
    if not demandees:
        return
    index = _read(point, lecture, "EA", type)
    for grandeur, registres in registres_factures(point, index, demandees).items():
        calendriers = _calendriers(point, lecture, index, point.grille_distributeur, registres, "D")
        if calendriers:
            watts = grandeur == "PMA" and point.pma_en_watts
            yield GrandeurRelevee(grandeur, calendriers, None, "W" if watts else None)


def _read(point: PointMesure, lecture: Lecture, grandeur: str, type: str | Intervention) -> Index:
    debut, fin, puissance = lecture.debut, lecture.fin, ENERGIES[grandeur]
    match type:
        case Intervention():
            return index_d_intervention(point, type, puissance)
        case "AQ":
            return index_quotidiens(point, debut, fin, puissance)
        case "RC":
            return index_courants(point, debut, fin, puissance)
        case _:
            jours = [debut + timedelta(rang) for rang in range((fin - debut).days)]
            if type == "LC":
                return index_aux(point, jours, _MINUTE_FIXE, puissance)
            jours = [jour for jour in jours if jour.day == point.jour_releve]
            return index_aux(point, jours, MINUTE_DU_RELEVE, puissance)


def _calendriers(
    point: PointMesure,
    lecture: Lecture,
    index: Index,
    grilles: Sequence[Grille],
    valeurs: Entiers,
    cote: str,
) -> tuple[CalendrierReleve, ...]:
    """Return the calendars of one side (F, D), but for those under which nothing was read."""
    calendriers = [
        _calendrier(point, grille, index, valeurs, _rangs(index, debut, fin), _cadran(point, cote))
        for grille, debut, fin in grilles_entre(grilles, lecture.debut, lecture.fin)
    ]
    return tuple(c for c in calendriers if len(c.registres[0].horodates))


def _cadran(point: PointMesure, suffixe: str) -> str:
    """Return how a small meter calls a register, or those of one side of it."""
    return f"IDX_EA{'I' if point.injection else 'S'}_{suffixe}"


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

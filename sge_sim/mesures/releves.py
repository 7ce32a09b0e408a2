"""The daily and monthly indexes of a point that are asked for, by calendar and time class."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from sge_sim.mesures.calendrier import minuits
from sge_sim.mesures.consommations import MINUTE_DU_RELEVE
from sge_sim.mesures.depassements import grandeurs_facturees, registres_factures
from sge_sim.mesures.grilles_nommees import CalendrierNomme, ClasseNommee, calendrier_nomme
from sge_sim.mesures.index import Index, index_aux, index_courants, index_er, read_quotidiens
from sge_sim.mesures.interventions import Intervention, find_interventions, index_d_intervention
from sge_sim.mesures.lecture import ENERGIES, TOUT, Lecture
from sge_sim.mesures.point import PointMesure, grilles_entre
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


Grilles = Sequence[tuple[CalendrierNomme, date, date]]
"""Calendars of one side, each with its own part [debut, fin) of the days that are read."""


class _Lue(NamedTuple):
    """What is read of a point, its daily indexes by energy, and its calendars by side."""

    point: PointMesure
    lecture: Lecture
    quotidiens: Mapping[str, Index]
    fournisseur: Grilles
    distributeur: Grilles


def read_contextes(
    point: PointMesure, lecture: Lecture, *, rhf: bool = False
) -> tuple[Contexte, ...]:
    """Return the readings that are asked for; what has none is left out.

    What the simulated meter doesn't count has none: reactive energies on a C5; ER on large points
    (assumed: the guide tells it of P4 alone); DD, DE, DQ, PMA and TF on C5 and P4; DD, DE and DQ
    on production. `rhf`: large points are read at a fixed hour near midnight too (GUI 0497 v1.5.0).
    """
    return read_contextes_of([(point, lecture)], rhf=rhf)[0]


def read_contextes_of(
    lectures: Sequence[tuple[PointMesure, Lecture]], *, rhf: bool = False
) -> list[tuple[Contexte, ...]]:
    """Return `read_contextes` of each point; what all have is read together."""
    quotidiens: list[dict[str, Index]] = [{} for _ in lectures]
    for segments, grandeurs in ((("C5", "P4"), ("EA",)), (("P4",), ("ERI", "ERC"))):
        rangs = [rang for rang, (point, _) in enumerate(lectures) if point.segment in segments]
        days = [
            (lectures[rang][0], lectures[rang][1].debut, lectures[rang][1].fin) for rang in rangs
        ]
        for grandeur in grandeurs if rangs else ():
            read = read_quotidiens(days, ENERGIES[grandeur])
            for rang, index in zip(rangs, read, strict=True):
                quotidiens[rang][grandeur] = index
    parts = [
        grilles_entre(grilles, lecture.debut, lecture.fin)
        for point, lecture in lectures
        for grilles in (point.grille_fournisseur, point.grille_distributeur)
    ]
    cotes: Iterator[Grilles] = iter(
        [[(calendrier_nomme(grille), a, b) for grille, a, b in of_side] for of_side in parts]
    )
    done = [[*find_interventions(point, lecture.debut, lecture.fin)] for point, lecture in lectures]
    lues = [
        _Lue(point, lecture, daily, next(cotes), next(cotes))
        for (point, lecture), daily in zip(lectures, quotidiens, strict=True)
    ]
    return [
        tuple(contexte for contexte in _contextes(*each, rhf=rhf) if contexte.grandeurs)
        for each in zip(lues, done, strict=True)
    ]


def _contextes(
    lue: _Lue, interventions: Sequence[Intervention], *, rhf: bool
) -> Iterator[Contexte]:
    types = [("COL", "AQ")] if lue.point.petit else [("FMR", "RC"), ("FMR", "RM")]
    if rhf and not lue.point.petit:
        types.append(("RHF", "LC"))
    for contexte, type in types:
        relevees = (*_energies(lue, type), *_reactives(lue, type), *_facturees(lue, type))
        yield Contexte(contexte, type, relevees)
    for each in interventions:
        yield Contexte(each.contexte, each.type, tuple(_read_then(lue, each)), each.motif)


def _read_then(lue: _Lue, intervention: Intervention) -> Iterator[GrandeurRelevee]:
    """What is asked for is read whole; what is done to a meter tells its energies (assumed)."""
    yield from _energies(lue, intervention)
    if intervention.contexte == "CRD":
        yield from _facturees(lue, intervention)


def _energies(lue: _Lue, type: str | Intervention) -> Iterator[GrandeurRelevee]:
    """The supplier's calendars come before the distributor's (observed 2023)."""
    petit = lue.point.petit
    for grandeur in ("EA",) if petit else ENERGIES:
        if lue.lecture.grandeur not in (grandeur, TOUT):
            continue
        index = _read(lue, grandeur, type)
        if not index.valides.any():
            continue
        calendriers = (
            *_calendriers(lue, index, lue.fournisseur, index.fournisseur, "F"),
            *_calendriers(lue, index, lue.distributeur, index.distributeur, "D"),
        )
        total = None
        if petit:
            tous = np.flatnonzero(index.valides)
            total = _registre("", "", _cadran(lue.point, "T"), index, index.total, tous)
        yield GrandeurRelevee(grandeur, calendriers, total)


def _reactives(lue: _Lue, type: str) -> Iterator[GrandeurRelevee]:
    """A P4 counts its reactive energies (GUI 0497 v1.5.0), in total alone (assumed).

    No register is known for ER: it comes without one (assumed).
    """
    if lue.point.segment != "P4":
        return
    inductif, capacitif = (_read(lue, grandeur, type) for grandeur in ("ERI", "ERC"))
    for grandeur, cadran, index in (
        ("ER", None, index_er(inductif, capacitif)),
        ("ERI", "IDX_ERI_I", inductif),
        ("ERC", "IDX_ERI_C", capacitif),
    ):
        lus = np.flatnonzero(index.valides)
        if lue.lecture.grandeur in (grandeur, TOUT) and len(lus):
            total = _registre("", "", cadran, index, index.total, lus)
            yield GrandeurRelevee(grandeur, (), total)


def _facturees(lue: _Lue, type: str | Intervention) -> Iterator[GrandeurRelevee]:
    """They are read with the energies, on the distributor's classes alone (assumed)."""
    point, wanted = lue.point, lue.lecture.grandeur
    counted = () if point.petit else grandeurs_facturees(point)
    demandees = [g for g in counted if wanted in (g, TOUT)]
    if not demandees:
        return
    index = _read(lue, "EA", type)
    for grandeur, registres in registres_factures(point, index, demandees).items():
        calendriers = _calendriers(lue, index, lue.distributeur, registres, "D")
        if calendriers:
            watts = grandeur == "PMA" and point.pma_en_watts
            yield GrandeurRelevee(grandeur, calendriers, None, "W" if watts else None)


def _read(lue: _Lue, grandeur: str, type: str | Intervention) -> Index:
    point, debut, fin = lue.point, lue.lecture.debut, lue.lecture.fin
    puissance = ENERGIES[grandeur]
    match type:
        case Intervention():
            return index_d_intervention(point, type, puissance)
        case "AQ":
            return lue.quotidiens[grandeur]
        case "RC":
            return index_courants(point, debut, fin, puissance)
        case _:
            jours = [debut + timedelta(rang) for rang in range((fin - debut).days)]
            if type == "LC":
                return index_aux(point, jours, _MINUTE_FIXE, puissance)
            jours = [jour for jour in jours if jour.day == point.jour_releve]
            return index_aux(point, jours, MINUTE_DU_RELEVE, puissance)


def _calendriers(
    lue: _Lue, index: Index, grilles: Grilles, valeurs: Entiers, cote: str
) -> tuple[CalendrierReleve, ...]:
    """Return the calendars of one side (F, D), but for those under which nothing was read."""
    petit, cadran = lue.point.petit, _cadran(lue.point, cote)
    found = []
    for nomme, debut, fin in grilles:
        lus = index.valides
        if (debut, fin) != (lue.lecture.debut, lue.lecture.fin):
            bornes = minuits(debut, fin)
            lus = lus & (index.horodates >= bornes[0]) & (index.horodates < bornes[-1])
        rangs = np.flatnonzero(lus)
        if not len(rangs):
            continue
        classes: Sequence[ClasseNommee] = nomme.classes
        if not petit:
            classes = sorted(classes, key=lambda classe: _rank(classe.code))
        registres = tuple(
            _registre(
                classe.code,
                classe.libelle,
                f"{cadran}{classe.cadran}" if petit else None,
                index,
                valeurs[classe.cadran - 1],
                rangs,
            )
            for classe in classes
        )
        found.append(CalendrierReleve(nomme.code, nomme.libelle, registres))
    return tuple(found)


def _cadran(point: PointMesure, suffixe: str) -> str:
    """Return how a small meter calls a register, or those of one side of it."""
    return f"IDX_EA{'I' if point.injection else 'S'}_{suffixe}"


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

"""From a line to the rows of a point, and from the rows of a point to a line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sge_sim.referentiel.apports.mots import MOTS, Mot
from sge_sim.referentiel.apports.regles import LignePoint
from sge_sim.referentiel.dataset import EMPTY_COMPTEUR, EMPTY_POINT, measure_seed
from sge_sim.referentiel.entries import CalendrierEntry, CollecteEntry, TrouEntry
from sge_sim.tables.anciens_etats import AncienEtat, write_valeurs
from sge_sim.tables.apports import Tranche
from sge_sim.tables.base import Base, values_of
from sge_sim.tables.mesures import CalendrierDate, Collecte, Trou
from sge_sim.tables.mesures_facts import read_anciens
from sge_sim.tables.point_columns import POINT_ATTRIBUTES
from sge_sim.tables.points import Compteur, Point

_DEFAULTS: Final[Mapping[str, Any]] = EMPTY_POINT | {
    name: attribute.absent for name, attribute in POINT_ATTRIBUTES.items()
}
_SEED: Final = 0
_REMEMBERED: Final = 4096


def read_ligne(cells: Mapping[str, Any], report: Callable[[str, str], None]) -> LignePoint:
    """Return what the cells of a line say; a cell that can't be read goes to `report`."""
    point: dict[str, Any] = dict(_DEFAULTS)
    found: dict[str, dict[str, Any]] = {"point": point, "compteur": {}, "mesures": {}}
    for word, cell in cells.items():
        mot = MOTS[word]
        lus = mot.lus if isinstance(cell, str) else None
        if lus is not None and cell in lus:
            found[mot.partie][mot.colonne] = lus[cell]
            continue
        try:
            value = found[mot.partie][mot.colonne] = mot.lire(cell)
        except ValueError as error:
            report(word, str(error))
        else:
            if lus is not None and len(lus) < _REMEMBERED:
                lus[cell] = value
    if "teleoperable" not in cells:
        point["teleoperable"] = point["niveau_ouverture_services"] != 0
    produces = (point.get("segment") or "C")[0] == "P"
    for column, value in (("contrat_soutirage", not produces), ("contrat_injection", produces)):
        if point[column] is None:
            point[column] = value
    unite = "kVA" if (point.get("domaine_tension") or "").startswith("BT") else "kW"
    for power in ("puissance_souscrite", "puissance_raccordement"):
        if point[power] is not None:
            point[f"{power}_unite"] = unite
    return LignePoint(point, found["compteur"], found["mesures"])


def add_to(tranche: Tranche, ligne: LignePoint, apport_id: int) -> None:
    """Put the rows of a point into a slice."""
    prm = ligne.point["prm"]
    tranche.points.append(
        (
            {**ligne.point, "graine": measure_seed(prm, _SEED), "apport_id": apport_id},
            {**EMPTY_COMPTEUR, **ligne.compteur} if ligne.compteur else None,
        )
    )
    for table, row in rows_of_mesures(prm, ligne.mesures, ligne.compteur):
        tranche.mesures[table].append(row)


def rows_of_mesures(
    prm: str, mesures: Mapping[str, Any], compteur: Mapping[str, Any]
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    """Yield the rows, each with its table, of what the measures of a point depend on.

    `mesures` is named as in `MesuresEntry`, `compteur` is the meter in place.
    """
    if (pose := mesures.get("ancien_compteur_pose")) is not None and compteur:
        depose = {"prm": prm, "date_pose": pose, "date_depose": compteur["date_pose"]}
        yield Compteur, EMPTY_COMPTEUR | depose
    for each in mesures.get("collectes", ()):
        row = {"prm": prm, "debut": each.debut, "fin": each.fin, "service_souscrit_id": None}
        yield Collecte, row
    for each in mesures.get("trous", ()):
        yield Trou, {"prm": prm, "debut": each.debut, "fin": each.fin}
    for jusqu_a, valeurs in mesures.get("avant", ()):
        yield AncienEtat, {"prm": prm, "jusqu_a": jusqu_a, "valeurs": write_valeurs(valeurs)}
    for each in mesures.get("calendriers", ()):
        row = {"prm": prm, "cote": each.cote, "depuis": each.depuis, "calendrier": each.code}
        yield CalendrierDate, row


def ligne_of(point: Point, mesures: Sequence[Any]) -> LignePoint:
    """Return what a line would say of a point that is there."""
    dated = {
        "collectes": tuple(
            CollecteEntry(debut=row.debut, fin=row.fin)
            for row in mesures
            if isinstance(row, Collecte) and row.service_souscrit_id is None
        ),
        "trous": tuple(
            TrouEntry(debut=row.debut, fin=row.fin) for row in mesures if isinstance(row, Trou)
        ),
        "calendriers": tuple(
            CalendrierEntry(cote=row.cote, depuis=row.depuis, code=row.calendrier)
            for row in mesures
            if isinstance(row, CalendrierDate)
        ),
        "avant": _anciens([row for row in mesures if isinstance(row, AncienEtat)]),
    }
    found: dict[str, Any] = {name: rows for name, rows in dated.items() if rows}
    meter: Mapping[str, Any] = {}
    for compteur in point.compteurs:
        if compteur.date_depose is None:
            meter = values_of(compteur, "id", "prm")
        elif compteur.date_pose is not None:
            found.setdefault("ancien_compteur_pose", compteur.date_pose)
    return LignePoint(values_of(point), meter, found)


def _anciens(rows: Sequence[AncienEtat]) -> tuple[tuple[date, Mapping[str, Any]], ...]:
    anciens: dict[date, dict[str, Any]] = {}
    for jusqu_a, nom, valeur in read_anciens([(row.jusqu_a, row.valeurs) for row in rows]):
        anciens.setdefault(jusqu_a, {})[nom] = valeur
    return tuple(anciens.items())


def cells_of(ligne: LignePoint, words: Sequence[Mot]) -> list[str]:
    """Return the cells of a point, empty where there is nothing to say."""
    parts = {"point": ligne.point, "compteur": ligne.compteur, "mesures": ligne.mesures}
    return [
        "" if (value := parts[mot.partie].get(mot.colonne)) is None else mot.ecrire(value)
        for mot in words
    ]

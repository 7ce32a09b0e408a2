"""The lines of Enedis' catalogue of services under which orders are worked out.

Those of a single service are in its own folder.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final, get_args

from sge_sim.domaine.nomenclatures import (
    DONNEES_ACCES,
    PETITS,
    MesuresType,
    Segment,
    Sens,
    TypeServiceAcces,
)

_COLLECTE = "Collecte et transmission récurrente de la courbe de charge"
_INDEX_C5 = "Transmission récurrente des index quotidiens et puissances maximales quotidiennes"
_INDEX_GRANDS = "Transmission quotidienne des index et autres données du compteur"
_RECURRENTE = "Transmission récurrente"


@dataclass(frozen=True)
class Prestation:
    """A line of the catalogue and its option; a label that no source gives is left out."""

    fiche: str
    fiche_libelle: str
    option: str | None = None
    option_libelle: str | None = None


ACCES: Final = Prestation("ACCES", "Accès aux données de mesures")
"""The fixed line of the former order of access (GUI 0498)."""
ACCES_SEUL: Final = Prestation(
    "ACCES", "Accès aux données de mesures", "ACCESO1", "Sans publication récurrente"
)
"""Access alone, ordered by the services that may publish as well (assumed)."""


_COURBES: Final = {
    (fiche, option is not None): Prestation(fiche, _COLLECTE, f"{fiche}O{numero}", option)
    for fiche, (numero, option) in product(
        ("F300C", "F300B", "P300B"), ((1, _RECURRENTE), (2, None))
    )
}
"""The lines of curves, by their code and whether they transmit."""


def prestation_collecte(
    segment: Segment, sens: Sens, mesures_type: MesuresType, *, recurrente: bool
) -> Prestation:
    """Return the line of an order of collection or recurrent transmission (GUI 0469 §4).

    Codes and labels of F300C, F305, F300B and F305A: observed 2022. Those of the producers, and
    option 2 (collection alone) on large points: assumed by likeness.
    """
    if segment == "P4":
        return Prestation("P300C", "Collecte de la courbe de charge", "P300CO2")
    if segment == "C5":
        if mesures_type == "IDX":
            return Prestation("F305", _INDEX_C5)
        return _COURBES["F300C", recurrente]
    kind = "F" if sens == "SOUTIRAGE" else "P"
    if mesures_type == "IDX":
        return Prestation(f"{kind}305A", _INDEX_GRANDS, f"{kind}305AO1", "Transmission quotidienne")
    return _COURBES[f"{kind}300B", recurrente]


def prestation_acces(
    segment: Segment, sens: Sens, acces_type: TypeServiceAcces, *, publie: bool
) -> Prestation:
    """Return the line of an order of an access service, whether or not it publishes.

    Each has an option (GUI 0531 v1.1.0 §2.3.4.2), whose codes aren't published (assumed): without
    a publication, under the line of the former order of access (GUI 0498); with one, under that of
    the recurrent transmission that it replaces.
    """
    if not publie:
        return ACCES_SEUL
    if acces_type != "COURBE" and segment in PETITS:
        fiche = "F305" if segment == "C5" else "P305"
        return Prestation(fiche, _INDEX_C5, f"{fiche}O1", _RECURRENTE)
    if segment == "P4":
        return Prestation("P300C", _COLLECTE, "P300CO1", _RECURRENTE)
    mesures_type: MesuresType = "CDC" if acces_type == "COURBE" else "IDX"
    return prestation_collecte(segment, sens, mesures_type, recurrente=True)


_SEGMENTS = get_args(Segment)
_SENS = get_args(Sens)
COLLECTES: Final = tuple(
    dict.fromkeys(
        prestation_collecte(segment, sens, mesures_type, recurrente=recurrente)
        for segment, sens in product(_SEGMENTS, _SENS)
        for mesures_type, recurrente in product(get_args(MesuresType), (True, False))
    )
)
"""Every line of collection and recurrent transmission."""
ACCES_PUBLIES: Final = tuple(
    dict.fromkeys(
        prestation_acces(segment, sens, acces_type, publie=True)
        for segment, sens, acces_type in product(_SEGMENTS, _SENS, DONNEES_ACCES)
    )
)
"""Every line of an access service that publishes."""

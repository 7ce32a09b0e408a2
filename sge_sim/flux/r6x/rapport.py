"""CR.M023: what became of a demand, point by point (schema 0509 v1.1.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sge_sim.refus import Refus

NON_TITULAIRE: Final = "le demandeur n'est pas le titulaire du contrat unique de ce PRM"
SANS_SERVICE: Final = "aucun service d'accès pour ce PRM"
"""These two are those of GUI 0502 §4; the wordings that follow are assumed."""
INCONNU_DE_SGE: Final = "PRM inexistant"
HORS_SERVICE: Final = "PRM non en service"
AUTRE_SENS: Final = "aucun contrat dans ce sens sur ce PRM"
NON_OUVERT: Final = "niveau d'ouverture aux services insuffisant pour ce PRM"
NON_RECEVABLE: Final = "NON_RECEVABLE"
NON_PUBLIE: Final = "NON_PUBLIE"
SANS_DONNEE: Final = "aucune donnée disponible sur la période"


@dataclass
class Suivi023:
    """What is known of a demand while its files are made: `refus` says why a point isn't
    published, with the code of the report, `fichiers` the points by archive."""

    prms: Sequence[str]
    refus: dict[str, Refus] = field(default_factory=dict)
    fichiers: dict[str, Sequence[str]] = field(default_factory=dict)

    @property
    def publies(self) -> Mapping[str, int]:
        """The points that were published, each with the key of its first archive."""
        found: dict[str, int] = {}
        for cle, prms in enumerate(self.fichiers.values(), start=1):
            for prm in prms:
                found.setdefault(prm, cle)
        return found


def rapport_tree(suivi: Suivi023) -> dict[str, Any]:
    """Return the report; archives go by the names of their zips (assumed)."""
    publies = suivi.publies
    prms = list(dict.fromkeys(suivi.prms))
    refused = [prm for prm in prms if _is_refused(suivi, prm)]
    return {
        "synthese": {
            "nbPrmTotal": len(prms),
            "nbPrmRecevables": len(prms) - len(refused),
            "nbPrmNonRecevables": len(refused),
            "nbPrmPublies": len(publies),
            "nbPrmNonPublies": len(prms) - len(publies),
            "nbFichiersPublies": len(suivi.fichiers),
        },
        "fichiersPublies": [
            {"nomFichier": nom, "cleFichier": cle}
            for cle, nom in enumerate(suivi.fichiers, start=1)
        ],
        "prmDemandes": [_prm_tree(suivi, prm, publies) for prm in prms],
    }


def _prm_tree(suivi: Suivi023, prm: str, publies: Mapping[str, int]) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "idPrm": prm,
        "recevabilite": NON_RECEVABLE if _is_refused(suivi, prm) else "RECEVABLE",
    }
    if prm in publies:
        return {**tree, "publication": "PUBLIE", "cleFichier": publies[prm]}
    refus = suivi.refus.get(prm)
    motif = SANS_DONNEE if refus is None else refus.constat
    return {**tree, "publication": NON_PUBLIE, "motif": motif}


def _is_refused(suivi: Suivi023, prm: str) -> bool:
    """Tell whether the demand itself isn't admissible for a point."""
    refus = suivi.refus.get(prm)
    return refus is not None and refus.rule.code == NON_RECEVABLE

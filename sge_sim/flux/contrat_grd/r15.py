"""R15: the readings of a day, with indexes and energies of both grids (XSD 2.3.2; observed).

A reading has the energies since the one before it in its contractual situation. The two grids are
rounded apart, to whole kWh (observed).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from sge_sim.facturation.arbres import filled, plans
from sge_sim.facturation.grammaire import write_block
from sge_sim.facturation.lecture import FINS
from sge_sim.flux.contrat_grd.fichiers import BlocDuFichier, daily_files, grammar_of, instance_of
from sge_sim.flux.contrat_grd.points import (
    PointDuContrat,
    affaire_facts,
    read_points_of,
)
from sge_sim.flux.contrat_grd.releves import (
    GrilleLue,
    ReleveContractuel,
    grids_at,
    read_registers,
)
from sge_sim.flux.lots import LotContrat
from sge_sim.tables.contrats_publies import prms_to_read

_INDEX, _ENERGIE = "1", "2"


def write_points(session: Session, lot: LotContrat, prms: Sequence[str]) -> list[BlocDuFichier]:
    """Return the blocks of these points, those of which a reading is dits that day."""
    jour, lus = lot.periode.debut, list[tuple[PointDuContrat, ReleveContractuel]]()
    for point in read_points_of(session, lot.contrat, prms, jour):
        lus += [(point, each) for each in point.vecue.releves(jour) if each.jour == jour]
    read_registers(
        (point.vecue, [jour, each.precedent.jour if each.precedent else jour])
        for point, each in lus
    )
    by_prm: dict[str, tuple[str, list[Any]]] = {}
    for lu in sorted(lus, key=lambda each: each[1].motif not in FINS):
        about = by_prm.setdefault(lu[0].prm, (instance_of(lu[0].ligne.code_insee), []))
        about[1].append(reading_tree(lot, *lu))
    blocs = []
    for prm, (instance, trees) in sorted(by_prm.items()):
        tree = {"Id_PRM": prm, "Donnees_Releve": trees}
        blocs.append(BlocDuFichier(instance, prm, write_block("R15", grammar_of(lot), "PRM", tree)))
    return blocs


def reading_tree(lot: LotContrat, point: PointDuContrat, releve: ReleveContractuel) -> Any:
    """Return what is told of a reading."""
    before, jour = releve.precedent, releve.jour
    then = before.jour if before else None
    fournisseur, distributeur = grids_at(point.vecue, jour, then, before=before is not None)
    facts = {
        "point": point,
        "releve": releve,
        "precedent": before,
        "calendriers": point.calendars(fournisseur, distributeur),
        "nature_consommation": None if before is None else "REEL",
        "origine": None if releve.evenement is None else "0",
        "prochain": None if releve.motif in FINS else point.vecue.prochain(releve.jour),
        "distributeur": _rows(distributeur, point.matricule),
        "fournisseur": _rows(fournisseur, point.matricule),
        **affaire_facts(lot, releve.evenement),
    }
    return filled(plans()["Donnees_Releve"], facts)


def _rows(lue: GrilleLue, matricule: str | None) -> list[dict[str, Any]]:
    """Return the index and the energy of each class."""
    rows: list[dict[str, Any]] = []
    for classe in lue.classes:
        about = {"code": classe.code, "libelle": classe.libelle}
        index: dict[str, Any] = about | {
            "cadran": classe.cadran,
            "mesure": _INDEX,
            "valeur": lue.index[classe.code],
            "precedent": lue.precedents.get(classe.code),
            "chiffres": 6,
            "passage": "0",
            "coefficient": "1.0",
            "matricule": matricule,
        }
        rows.append(index)
        if lue.precedents:
            rows.append(about | {"mesure": _ENERGIE, "valeur": lue.energies[classe.code]})
    return rows


fichiers = daily_files(prms_to_read, write_points)

"""R15: the readings of a day, with indexes and energies of both grids (XSD 2.3.2; observed).

A reading has the energies since the one before it in its contractual situation. The two grids are
rounded apart, to whole kWh (observed).
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import Sens
from sge_sim.facturation.grammaire import write_block
from sge_sim.facturation.lecture import FINS
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.contrats import (
    BlocEcrit,
    EnvoiContrat,
    contract_files,
    grammar_of,
    instance_of,
    written_blocks,
)
from sge_sim.flux.envoi import Envoi, Fichier
from sge_sim.flux.lots import LotContrat
from sge_sim.flux.points_du_contrat import PointDuContrat, affaire_tree, read_points_of
from sge_sim.flux.releves_contractuels import (
    GrilleLue,
    ReleveContractuel,
    grids_at,
    read_pairs,
    read_registers,
)
from sge_sim.tables.perimetre import prms_to_read

_SENS: Final[Mapping[Sens, str]] = {"SOUTIRAGE": "0", "INJECTION": "1"}
_INDEX, _ENERGIE = "1", "2"


def fichiers(
    session: Session, lot: LotContrat, envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the file of each instance."""
    mine = EnvoiContrat(lot, envoi)

    def head(suite: str, _blocks: int) -> dict[str, Any]:
        return {
            "En_Tete_Flux": {
                "Identifiant_Flux": "R15",
                "Libelle_Flux": "Index et énergies des PRM des segments C5 et P4",
                **mine.entete,
                "Nature_Contrat": "GRD-F",
                "Identifiant_Contrat": lot.contrat.contrat,
                "Instance_GRD": suite,
            }
        }

    prms = prms_to_read(session, lot.contrat, lot.periode.debut)
    blocs = written_blocks(session, lot, atelier, write_points, prms)
    yield from contract_files(session, mine, blocs, head)


def write_points(session: Session, lot: LotContrat, prms: Sequence[str]) -> list[BlocEcrit]:
    """Return the blocks of these points, those of which a reading is told that day."""
    jour = lot.periode.debut
    lus: list[tuple[PointDuContrat, ReleveContractuel, ReleveContractuel | None]] = []
    for point in read_points_of(session, lot.contrat, prms, jour):
        lus += [
            (point, releve, before)
            for releve, before in read_pairs(point.vecue.releves(jour))
            if releve.jour == jour
        ]
    read_registers(
        (point.vecue, [releve.jour, *([before.jour] if before else [])])
        for point, releve, before in lus
    )
    by_prm: dict[str, list[dict[str, Any]]] = {}
    suites = {}
    for point, releve, before in sorted(lus, key=lambda each: each[1].motif not in FINS):
        suites[releve.prm] = instance_of(point.ligne.code_insee)
        by_prm.setdefault(releve.prm, []).append(reading_tree(point, releve, before))
    return [
        BlocEcrit(
            suites[prm],
            prm,
            write_block("R15", grammar_of(lot), "PRM", {"Id_PRM": prm, "Donnees_Releve": trees}),
        )
        for prm, trees in sorted(by_prm.items())
    ]


def reading_tree(
    point: PointDuContrat, releve: ReleveContractuel, before: ReleveContractuel | None
) -> dict[str, Any]:
    """Return what is told of a reading."""
    vecue, jour = point.vecue, releve.jour
    grids = grids_at(vecue, jour, before and before.jour, ferme=before is not None)
    situation = point.situation_au(jour)
    tree: dict[str, Any] = {
        "Id_Releve": releve.id,
        "Date_Releve": point.stamp(jour, minute=releve.evenement is not None),
        "Ref_Situation_Contractuelle": releve.reference,
        "Num_Sequence": point.evenement_au(jour).num_sequence,
        **point.calendars(jour, grids),
        "Type_Client": point.type_client(jour),
        "Niveau_Ouverture_Services": str(situation.niveau or 0),
        "Type_Compteur": point.type_compteur(jour),
        "Autoconsommation_Collective": "0",
        "Statut_Releve": "INITIAL",
        "Motif_Releve": releve.motif,
        "Nature_Index": "REEL",
    }
    if before is not None:
        tree |= {
            "Nature_Consommation": "REEL",
            "Id_Releve_Precedent": before.id,
            "Date_Releve_Precedent": point.stamp(
                before.jour, minute=before.evenement is not None
            ),
            "Motif_Releve_Precedent": before.motif,
            "Nature_Index_Precedent": "REEL",
        }
    if releve.evenement is not None:
        tree |= {"Origine_Evenement": "0", **affaire_tree(releve.evenement)}
    if releve.motif not in FINS:
        tree["Date_Theorique_Prochaine_Releve"] = vecue.prochain(jour)
    for cote, lue in grids.items():
        tag = f"Classe_Temporelle_{cote}" if cote else "Classe_Temporelle"
        tree[tag] = list(_rows(lue, point.matricule(jour), energies_first=not cote))
    return tree


def _rows(
    lue: GrilleLue, matricule: str | None, *, energies_first: bool
) -> Iterator[dict[str, Any]]:
    """Yield the index and the energy of each class, in the order of the real files."""
    for classe in lue.classes:
        about = {
            "Id_Classe_Temporelle": classe.code,
            "Libelle_Classe_Temporelle": classe.libelle,
            "Unite_Mesure": "kWh",
            "Sens_Mesure": _SENS["SOUTIRAGE"],
        }
        index = about | {
            "Rang_Cadran": classe.cadran,
            "Classe_Mesure": _INDEX,
            "Valeur": lue.index[classe.code],
            "Nb_Chiffres_Cadran": 6,
            "Indicateur_Passage_A_Zero": "0",
            "Coefficient_Lecture": Decimal("1.0"),
            **({"Num_Serie": matricule[:20]} if matricule else {}),
        }
        if classe.code not in lue.precedents:
            yield index
            continue
        index["Valeur_Precedent"] = lue.precedents[classe.code]
        energie = about | {"Classe_Mesure": _ENERGIE, "Valeur": lue.energies[classe.code]}
        yield from (energie, index) if energies_first else (index, energie)

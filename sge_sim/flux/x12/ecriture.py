"""X12 and X13: the affaires of a supplier, and those of others that take a point from it.

No schema is public: the tree is that of real files, the grammar ours (observed). An affaire comes
back each day that it moves, with all of its milestones to that day.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, start_of_day
from sge_sim.domaine.perimetre import AffaireContractuelle
from sge_sim.facturation.arbres import enedis, filled, plans
from sge_sim.facturation.grammaire import write_block
from sge_sim.flux.contrats import BlocEcrit, daily_files, grammar_of
from sge_sim.flux.lots import LotContrat
from sge_sim.tables.perimetre import affaires_of


def write_affaires(
    _session: Session, lot: LotContrat, affaires: Sequence[AffaireContractuelle]
) -> list[BlocEcrit]:
    """Return the block of each affaire."""
    trees = [(each, _affaire_tree(lot, each)) for each in affaires]
    version = grammar_of(lot)
    return [
        BlocEcrit("", each.prm, write_block("X12", version, "affaire", tree))
        for each, tree in trees
    ]


def _affaire_tree(lot: LotContrat, affaire: AffaireContractuelle) -> Any:
    jalons = [each for each in affaire.jalons if each.instant < start_of_day(lot.periode.fin)]
    closed = jalons[-1].etat in enedis()["closes"]
    facts = {
        "affaire": affaire,
        "reference": affaire.reference if lot.flux.code == "X12" else None,
        "statut": {"@code": "TERMN", "libelle": "Terminée"} if closed else {"@code": "COURS"},
        "jalons": [
            {
                "num": num,
                "instant": f"{each.instant.astimezone(PARIS):%Y-%m-%dT%H:%M:%S}.000",
                "effet": f"{each.effet}{start_of_day(each.effet).isoformat()[-6:]}",
                "etat": each.etat,
                "libelle": each.libelle,
            }
            for num, each in enumerate(jalons, start=1)
        ],
    }
    return filled(plans()["affaire"], facts)


def _moved(session: Session, lot: LotContrat) -> Sequence[AffaireContractuelle]:
    recues = lot.flux.code == "X13"
    return affaires_of(session, lot.contrat, lot.periode.debut, recues=recues)


fichiers = daily_files(_moved, write_affaires)

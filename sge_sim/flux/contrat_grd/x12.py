"""X12 and X13: the affaires of a supplier, and those of others that take a point from it.

No schema is public: the tree is that of real files, the grammar ours (observed). An affaire comes
back each day that it moves, with all of its milestones to that day. Its objects other than CFN and
MES are called as its natures (assumed).
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, start_of_day
from sge_sim.domaine.perimetre import ETATS_AFFAIRE, NATURES, Jalon
from sge_sim.facturation.arbres import enedis, filled, plans
from sge_sim.facturation.grammaire import write_block
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.contrat_grd.fichiers import BlocDuFichier, daily_files, grammar_of
from sge_sim.flux.envoi import Envoi, Fichier
from sge_sim.flux.lots import LotContrat
from sge_sim.tables.perimetre import AffaireContractuelle, affaires_moved

_CHANGEMENT: Final = "Changement de fournisseur"
_Suivie = tuple[AffaireContractuelle, list[Jalon]]


def fichiers(
    session: Session, lot: LotContrat, envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the file of the affaires that moved on a day."""
    days = start_of_day(lot.periode.debut), start_of_day(lot.periode.fin)
    recues = lot.flux.code == "X13"
    moved = affaires_moved(session, lot.contrat.contrat_id, *days, recues=recues)
    files = daily_files(lambda *_: moved, partial(write_affaires))
    yield from files(session, lot, envoi, atelier)


def write_affaires(
    _session: Session, lot: LotContrat, suivies: Sequence[_Suivie]
) -> list[BlocDuFichier]:
    """Return the block of each affaire."""
    version = grammar_of(lot)
    return [
        BlocDuFichier(
            "",
            affaire.prm,
            write_block("X12", version, "affaire", _affaire_tree(lot, affaire, jalons)),
        )
        for affaire, jalons in suivies
    ]


def _affaire_tree(lot: LotContrat, affaire: AffaireContractuelle, jalons: Sequence[Jalon]) -> Any:
    closed, changes = jalons[-1].etat in enedis()["closes"], affaire.nature[:3] == "CFN"
    facts = {
        "affaire": affaire,
        "objet": "CFN" if changes else affaire.nature,
        "libelle_objet": _CHANGEMENT if changes else NATURES[affaire.nature].libelle.capitalize(),
        "reference": affaire.reference_demandeur if lot.flux.code == "X12" else None,
        "statut": {"@code": "TERMN", "libelle": "Terminée"} if closed else {"@code": "COURS"},
        "jalons": [
            {
                "num": each.num,
                "instant": f"{each.instant.astimezone(PARIS):%Y-%m-%dT%H:%M:%S}.000",
                "effet": f"{each.effet}{start_of_day(each.effet).isoformat()[-6:]}",
                "etat": each.etat,
                "libelle": ETATS_AFFAIRE[each.etat],
            }
            for each in jalons
        ],
    }
    return filled(plans()["affaire"], facts)

"""X12 and X13: the affaires of a supplier, and those of others that take a point from it.

No schema is public: the tree is that of real files, the grammar ours (observed). An affaire comes
back each day that it moves, with all of its milestones to that day.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, start_of_day
from sge_sim.domaine.perimetre import AffaireContractuelle
from sge_sim.facturation.grammaire import write_block
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.contrats import (
    BlocEcrit,
    EnvoiContrat,
    contract_files,
    grammar_of,
    written_blocks,
)
from sge_sim.flux.envoi import Envoi, Fichier
from sge_sim.flux.lots import LotContrat
from sge_sim.tables.perimetre import affaires_of

_LIBELLES: Final = {
    "X12": "Suivi des affaires initiées par le fournisseur",
    "X13": "Suivi des affaires reçues",
}
_CLOSES: Final = ("CPRE", "CPNR")


def fichiers(
    session: Session, lot: LotContrat, envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the file of the affaires that moved."""
    mine, code = EnvoiContrat(lot, envoi), lot.flux.code

    def head(_suite: str, blocks: int) -> dict[str, Any]:
        entete = {
            "idFlux": code,
            "libelle": _LIBELLES[code],
            "versionXsd": mine.entete["Version_XSD"],
            "idEmetteur": mine.entete["Identifiant_Emetteur"],
            "idDestinataire": lot.contrat.eic,
            "dateCreation": f"{lot.instant.astimezone(PARIS):%Y-%m-%dT%H:%M:%S}",
        }
        return {"enteteFlux": entete, "nbAffaires": blocks}

    recues = lot.flux.cause.quoi == "affaires_recues"
    affaires = affaires_of(session, lot.contrat, lot.periode.debut, recues=recues)
    blocs = written_blocks(session, lot, atelier, write_affaires, affaires)
    yield from contract_files(session, mine, blocs, head, "X12")


def write_affaires(
    _session: Session, lot: LotContrat, affaires: Sequence[AffaireContractuelle]
) -> list[BlocEcrit]:
    """Return the block of each affaire, with its milestones to the end of the day."""
    version, until = grammar_of(lot), start_of_day(lot.periode.fin)
    return [
        BlocEcrit(
            "",
            each.prm,
            write_block("X12", version, "affaire", _affaire_tree(lot, each, until)),
        )
        for each in affaires
    ]


def _affaire_tree(lot: LotContrat, affaire: AffaireContractuelle, until: datetime) -> Any:
    jalons = [each for each in affaire.jalons if each.instant < until]
    closed = jalons[-1].etat in _CLOSES
    general: dict[str, Any] = {
        "statut": {"@code": "TERMN", "libelle": "Terminée"} if closed else {"@code": "COURS"},
        "jalons": {
            "jalon": [
                {
                    "num": num,
                    "dateHeure": f"{each.instant.astimezone(PARIS):%Y-%m-%dT%H:%M:%S}.000",
                    "affaireDateEffet": f"{start_of_day(each.effet):%Y-%m-%d%:z}",
                    "affaireEtat": {"@code": each.etat, "libelle": each.libelle},
                }
                for num, each in enumerate(jalons, start=1)
            ]
        },
        "donneesPoint": {
            "id": affaire.prm,
            "segmentClientele": {"@code": "C5", "libelle": "C5"},
        },
        "segment": "C5",
    }
    if affaire.reference and lot.flux.code == "X12":
        general["referenceDemandeur"] = affaire.reference
    objet = {"@code": affaire.objet, "libelle": affaire.libelle_objet}
    demande = {"objet": objet, "pointId": affaire.prm, "media": {"@code": "PTL", "libelle": "PORTAIL"}}
    return {
        "@id": affaire.id,
        "donneesGenerales": general,
        "demande": {"donneesGenerales": demande},
    }

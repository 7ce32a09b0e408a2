"""Takes the orders that give a file once: histories and infra-daily data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.clock import later, legal_date
from sge_sim.commandes.affaires import Commande, open_affaire
from sge_sim.commandes.autorisations import Declaration, declared
from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.nomenclatures import MesuresType
from sge_sim.tables.commandes import Affaire, DemandeHistorique, DemandeInfraJ, infra_j_since

IN_PROGRESS: Final = timedelta(minutes=30)
"""How long an infra-daily demand forbids another one that is strictly the same (GUI 0481)."""

INFRA_J_WITHIN: Final = timedelta(minutes=20)
"""Infra-daily data come in less than 30 minutes (slides V26.2); the 20 are assumed."""

HISTORIQUE_WITHIN: Final = timedelta(hours=4)
"""The file of a history comes in some hours, whatever other orders take; the 4 are assumed."""


@dataclass(frozen=True)
class Historique:
    """What a history is asked to hold; `date_fin` is excluded (assumed)."""

    mesures_type: MesuresType
    date_debut: date
    date_fin: date
    corrigees: bool


@dataclass(frozen=True)
class InfraJ:
    """What infra-daily data are asked for: the directions and the kinds of data."""

    injection: bool
    soutirage: bool
    cdc: bool
    idx: bool
    ptd: bool

    def __str__(self) -> str:
        asked = [name for name in ("cdc", "idx", "ptd") if getattr(self, name)]
        sens = [name for name in ("soutirage", "injection") if getattr(self, name)]
        return f"{'+'.join(asked)} en {' et '.join(sens)}"


def order_historique(
    session: Session,
    commande: Commande,
    historique: Historique,
    prestation: Prestation,
    declaration: Declaration,
) -> Affaire:
    """Open the case of a history; its file is due once the case is closed."""
    affaire = open_affaire(
        session,
        commande,
        "A0",
        prestation,
        f"historique {historique.mesures_type} du {historique.date_debut} au {historique.date_fin}",
        min(commande.done_at, later(commande.now, HISTORIQUE_WITHIN)),
    )
    session.add(
        DemandeHistorique(
            affaire=affaire,
            mesures_type=historique.mesures_type,
            date_debut=historique.date_debut,
            date_fin=historique.date_fin,
            corrigees=historique.corrigees,
        )
    )
    session.flush()
    session.add(
        declared(
            affaire,
            declaration,
            date_debut=historique.date_debut,
            date_fin=historique.date_fin,
        )
    )
    return affaire


def order_infra_j(
    session: Session,
    commande: Commande,
    infra_j: InfraJ,
    prestation: Prestation,
    declarations: Sequence[Declaration],
) -> Affaire:
    """Open the case of an infra-daily demand; each direction may have its own declaration."""
    affaire = open_affaire(
        session,
        commande,
        "M0",
        prestation,
        f"infra-journalier {infra_j}",
        min(commande.done_at, later(commande.now, INFRA_J_WITHIN)),
    )
    session.add(
        DemandeInfraJ(
            affaire=affaire,
            injection=infra_j.injection,
            soutirage=infra_j.soutirage,
            cdc=infra_j.cdc,
            idx=infra_j.idx,
            ptd=infra_j.ptd,
        )
    )
    session.flush()
    today = legal_date(commande.now)
    for declaration in declarations:
        session.add(declared(affaire, declaration, date_debut=today, date_fin=today))
    return affaire


def is_in_progress(session: Session, commande: Commande, infra_j: InfraJ) -> bool:
    """Tell whether the same contract demanded the same data less than 30 minutes ago."""
    return any(
        demande.affaire.contrat_id == commande.contrat_id
        and InfraJ(demande.injection, demande.soutirage, demande.cdc, demande.idx, demande.ptd)
        == infra_j
        for demande in infra_j_since(session, commande.prm, later(commande.now, -IN_PROGRESS))
    )

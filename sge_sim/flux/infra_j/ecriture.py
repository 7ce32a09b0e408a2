"""IFJ: what CommandeTransmissionDonneesInfraJ orders, in a format of our own.

The real file is described in a guide that is not public, and no sample is known: only its content
and the demand's number in its name are documented (GUI 0481). The name and the JSON say plainly
that the format is the simulator's: nobody is to build a reader of IFJ from it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.envoi import Archive, Envoi, Fichier
from sge_sim.flux.horodates import avec_decalage, legal
from sge_sim.flux.lots import LotAffaire
from sge_sim.flux.packaging import zipped_archive
from sge_sim.flux.points_lus import read_case
from sge_sim.mesures import (
    Grandeur,
    PointMesure,
    courbe,
    en_vigueur,
    format_plages,
    index_courants,
)
from sge_sim.mesures.entrees_datees import plages_de
from sge_sim.mesures.grilles_nommees import calendrier_du
from sge_sim.mesures.lecture import UNITES
from sge_sim.tables.commandes import DemandeInfraJ

FORMAT = "sge-sim-ifj-1"
PROFONDEUR_SECONDES = 24 * 3600
"""How far back the curves go (V26.2)."""

_AVERTISSEMENT = (
    "Format propre à sge-sim : celui du flux IFJ d'Enedis n'est pas public. "
    "Ne pas s'en servir pour développer un lecteur de ce flux."
)


@dataclass(frozen=True)
class OrdreInfraJ:
    """What was ordered: for which point, and which of curves, indexes and tariff parameters."""

    demande_id: str
    prm: str
    points: tuple[PointMesure, ...]
    """One per direction asked."""
    cdc: bool
    idx: bool
    ptd: bool


def fichiers(
    session: Session, lot: LotAffaire, envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the file of an order."""
    demande, (point, mesure_in) = lot.demande, read_case(session, lot, atelier)
    assert isinstance(demande, DemandeInfraJ)
    asked: list[Sens] = ["SOUTIRAGE"] if demande.soutirage else []
    if demande.injection:
        asked.append("INJECTION")
    mesures = [mesure for sens in asked if (mesure := mesure_in(sens)) is not None]
    ordre = OrdreInfraJ(
        demande_id=demande.affaire_id,
        prm=point.prm,
        points=tuple(mesures),
        cdc=demande.cdc,
        idx=demande.idx,
        ptd=demande.ptd,
    )
    made = archive(ordre, envoi)
    yield Fichier(made.nom, (zipped_archive(made, envoi.creation),), made.prms)


def archive(demande: OrdreInfraJ, envoi: Envoi) -> Archive:
    """Return the archive of a demand, whose name holds the number of the demand (GUI 0481)."""
    nom = f"SGE-SIM_IFJ_{demande.demande_id}_{demande.prm}_{envoi.tampon}"
    return Archive(f"{nom}.zip", ((f"{nom}.json", write(demande, envoi)),), (demande.prm,))


def write(demande: OrdreInfraJ, envoi: Envoi) -> bytes:
    """Return the JSON of a demand, with what was measured until `envoi.creation`."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "avertissement": _AVERTISSEMENT,
        "demandeId": demande.demande_id,
        "destinataire": envoi.destinataire,
        "contratId": envoi.contrat_id,
        "dateCreation": legal(envoi.creation),
        "prm": demande.prm,
    }
    if demande.cdc:
        body["courbes"] = [
            _courbe(point, grandeur, envoi.creation)
            for point in demande.points
            for grandeur in (Grandeur.PA, Grandeur.PRI, Grandeur.PRC, Grandeur.E)
        ]
    if demande.idx:
        body["index"] = [_index(point, envoi.creation) for point in demande.points]
    if demande.ptd:
        # Tariff parameters only exist for consumption (GUI 0481).
        body["parametresTarifaires"] = [
            _parametres(point, envoi.creation) for point in demande.points if not point.injection
        ]
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _courbe(point: PointMesure, grandeur: Grandeur, now: datetime) -> dict[str, Any]:
    """Return the steps that ended in the last 24 hours, stamped at their start."""
    jour = legal_date(now)
    releve = courbe(point, jour - 2 * timedelta(1), jour + timedelta(1), grandeur)
    fins = releve.horodates + 60 * releve.pas
    choisis = (fins > now.timestamp() - PROFONDEUR_SECONDES) & (fins <= now.timestamp())
    rangs = np.flatnonzero(choisis)
    stamps = avec_decalage(releve.horodates[rangs], releve.decalages[rangs])
    return {
        "grandeurMetier": point.metier,
        "grandeurPhysique": grandeur.value,
        "unite": UNITES[grandeur],
        "pasMinutes": int(releve.pas[rangs[0]]) if len(rangs) else None,
        "points": [
            {"d": stamp, "v": int(releve.valeurs[rang]) if releve.valides[rang] else None}
            for stamp, rang in zip(stamps, rangs.tolist(), strict=True)
        ],
    }


def _index(point: PointMesure, now: datetime) -> dict[str, Any] | None:
    """Return the distributor's registers as the last night's reading gave them."""
    jour = legal_date(now)
    lus = index_courants(point, jour - timedelta(2), jour + timedelta(1))
    connus = np.flatnonzero(lus.valides & (lus.horodates <= now.timestamp()))
    if not len(connus):
        return None
    rang = int(connus[-1])
    calendrier = calendrier_du(point.grille_distributeur, jour)
    return {
        "grandeurMetier": point.metier,
        "grandeurPhysique": "EA",
        "unite": "Wh",
        "dateLecture": avec_decalage(lus.horodates[[rang]], lus.decalages[[rang]])[0],
        "calendrier": calendrier.code,
        "classes": [
            {"code": classe.code, "valeur": int(lus.distributeur[classe.cadran - 1, rang])}
            for classe in calendrier.classes
        ],
    }


def _parametres(point: PointMesure, now: datetime) -> dict[str, Any]:
    """Return the power, the calendar and the off-peak hours in force."""
    jour = legal_date(now)
    puissance = en_vigueur(point.puissances, jour)
    return {
        "puissanceSouscriteKw": puissance.valeur if puissance else None,
        "calendrierDistributeur": calendrier_du(point.grille_distributeur, jour).code,
        "heuresCreuses": format_plages(plages_de(point, jour)) if point.heures_creuses else None,
    }

"""IFJ: what CommandeTransmissionDonneesInfraJ orders, in a format of our own.

The real file is described in a guide that is not public, and no sample is known: only its content
and the demand's number in its name are documented (GUI 0481). The name and the JSON say plainly
that the format is the simulator's: nobody is to build a reader of IFJ from it.
"""

import json
from collections.abc import Iterator, Sequence
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
from sge_sim.mesures import Grandeur, PointMesure, courbe, en_vigueur, format_plages, index_courants
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


def fichiers(
    session: Session, lot: LotAffaire, envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the file of an order."""
    demande, (point, mesure_in) = lot.demande, read_case(session, lot, atelier)
    assert isinstance(demande, DemandeInfraJ)
    asked: list[Sens] = ["SOUTIRAGE"] if demande.soutirage else []
    if demande.injection:
        asked.append("INJECTION")
    points = [mesure for sens in asked if (mesure := mesure_in(sens)) is not None]
    made = archive(demande, point.prm, points, envoi)
    yield Fichier(made.nom, (zipped_archive(made, envoi.creation),), made.prms)


def archive(
    demande: DemandeInfraJ, prm: str, points: Sequence[PointMesure], envoi: Envoi
) -> Archive:
    """Return the archive of a demand, whose name holds the number of the demand (GUI 0481)."""
    nom = f"SGE-SIM_IFJ_{demande.affaire_id}_{prm}_{envoi.tampon}"
    content = write(demande, prm, points, envoi)
    return Archive(f"{nom}.zip", ((f"{nom}.json", content),), (prm,))


def write(demande: DemandeInfraJ, prm: str, points: Sequence[PointMesure], envoi: Envoi) -> bytes:
    """Return the JSON of a demand, with what was measured of a point until `envoi.creation`, one of
    `points` per direction asked."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "avertissement": _AVERTISSEMENT,
        "demandeId": demande.affaire_id,
        "destinataire": envoi.destinataire,
        "contratId": envoi.contrat_id,
        "dateCreation": legal(envoi.creation),
        "prm": prm,
    }
    if demande.cdc:
        body["courbes"] = [
            _courbe(point, grandeur, envoi.creation)
            for point in points
            for grandeur in (Grandeur.PA, Grandeur.PRI, Grandeur.PRC, Grandeur.E)
        ]
    if demande.idx:
        body["index"] = [_index(point, envoi.creation) for point in points]
    if demande.ptd:
        # Tariff parameters only exist for consumption (GUI 0481).
        body["parametresTarifaires"] = [
            _parametres(point, envoi.creation) for point in points if not point.injection
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

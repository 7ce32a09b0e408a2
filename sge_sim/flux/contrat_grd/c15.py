"""C15: the contractual and technical situation of a point, whole, at each of its events (XSD 4.1.1
to 5.2.0, guide 5.1.3).

Booleans are 0 and 1 (observed). An event is stamped one minute after midnight, what was read after
it two. At level 0 there is no reading at a change of supplier (observed).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS
from sge_sim.domaine.plages import officielle_de, parse_plages
from sge_sim.facturation.arbres import filled, plans
from sge_sim.facturation.grammaire import write_block
from sge_sim.facturation.lignes import LINKY
from sge_sim.flux.contrat_grd.fichiers import BlocDuFichier, daily_files, grammar_of, instance_of
from sge_sim.flux.contrat_grd.points import PointDuContrat, affaire_facts, read_points_of
from sge_sim.flux.contrat_grd.releves import GrilleLue, grids_at, read_registers
from sge_sim.flux.lots import LotContrat
from sge_sim.tables.contrats_publies import prms_of_events

_RUE: Final = re.compile(r"(\d{1,4}(?: (?:BIS|TER|QUATER|[A-D]))?),? (.+)", re.IGNORECASE)
_A_HEURES_CREUSES: Final = ("DI000002", "DI000003")
_NIVEAU_0: Final = "0"


def write_points(session: Session, lot: LotContrat, prms: Sequence[str]) -> list[BlocDuFichier]:
    """Return a block for each event of that day of these points, in their order."""
    jour, version = lot.periode.debut, grammar_of(lot)
    dits = [
        (point, rank)
        for point in read_points_of(session, lot.contrat, prms, jour)
        for rank, each in enumerate(point.vecue.evenements, start=1)
        if each.jour == jour
    ]
    read_registers((point.vecue, [jour]) for point, _ in dits)
    blocs = []
    for point, rank in dits:
        vecue = replace(point.vecue, evenements=point.vecue.evenements[:rank])
        tree = point_tree(lot, replace(point, vecue=vecue))
        content = write_block("C15", version, "PRM", tree)
        blocs.append(BlocDuFichier(instance_of(point.ligne.code_insee), point.prm, content))
    return blocs


def point_tree(lot: LotContrat, point: PointDuContrat) -> Any:
    """Return the whole point, as its last event left it."""
    ligne, vecue, jour, situation = point.ligne, point.vecue, point.jour, point.situation
    fournisseur, distributeur = grids_at(vecue, jour, None, before=False)
    calendriers, evenement = point.calendars(fournisseur, distributeur), vecue.evenements[-1]
    linky = [each.pose for each in vecue.mesure.compteurs if each.communicant]
    street = _RUE.fullmatch(ligne.numero_et_nom_voie or "")
    first_of_year = next(vecue.cycliques(date(jour.year - 1, 12, 31)))
    named = calendriers.get("distributeur")
    off_peak = _off_peak(point) if named and named.code in _A_HEURES_CREUSES else []
    facts = {
        "pose_linky": next((day for day in linky if day <= jour), None),
        **{"point": point, "evenement": evenement, "instant": _stamp(jour, 1)},
        "periodicite": "1" if vecue.communicates(jour) else "6",
        "rang": str(first_of_year.month),
        "teleoperable": point.niveau != _NIVEAU_0 and ligne.teleoperable,
        "releves": _readings(point) or None,
        "numero_rue": street[1] if street else None,
        "rue": street[2] if street else ligne.numero_et_nom_voie,
        "complement": (ligne.escalier_etage_appartement or "")[:20] or None,
        "commune": ligne.commune[:38],
        "etat": "RESILIE" if evenement.sorte.ferme else "EN SERVICE",
        "resiliation": _stamp(jour, 1) if evenement.sorte.ferme else None,
        "calendriers": calendriers,
        "plages": off_peak,
        "plage": off_peak[0] if off_peak else None,
        "alimentation": situation.alimentation.replace("NRAC", "NALI"),
        "debut_alimentation": situation.date_alimentation or situation.date_mise_en_service,
        "compteurs": [
            {
                "type": situation.type_compteur,
                "tension": "230_400V" if situation.mode == "TRI" else "230V",
                "matricule": point.matricule,
                "cadrans": 14 if situation.type_compteur == LINKY else None,
                "tic": situation.type_compteur == LINKY,
            }
        ],
        **_holder(point),
        **affaire_facts(lot, evenement),
    }
    return filled(plans()["PRM_C15"], facts)


def _stamp(jour: date, minute: int) -> datetime:
    return datetime.combine(jour, time(0, minute), PARIS)


def _readings(point: PointDuContrat) -> list[Any]:
    """Return the reading before the last event, and that after it, those that its nature has."""
    vecue, jour, evenement = point.vecue, point.jour, point.vecue.evenements[-1]
    if evenement.nature == "CFNE" and point.niveau == _NIVEAU_0:
        return []
    trees = []
    dits = ((1, evenement.sorte.avant), (2, evenement.sorte.apres))
    for rang in (rang for rang, has_it in dits if has_it):
        # Before it the grids are those of the day before, and so is the meter.
        grids = grids_at(vecue, jour, None, before=rang == 1)
        facts = {
            "qualification": str(rang),
            "instant": _stamp(jour, rang),
            "calendriers": point.calendars(*grids),
            "fournisseur": _rows(grids[0]),
            "distributeur": _rows(grids[1]),
        }
        trees.append(filled(plans()["releve_C15"], facts))
    return trees


def _rows(lue: GrilleLue) -> list[dict[str, Any]]:
    return [{**vars(each), "valeur": lue.index[each.code]} for each in lue.classes]


def _off_peak(point: PointDuContrat) -> list[dict[str, Any]]:
    """Return the off-peak ranges of each season: one of no official list has no identifier."""
    haute, basse = point.situation.heures_creuses, point.situation.heures_creuses_basse
    seasons = (("SAISON_HAUTE", haute), ("SAISON_BASSE", basse or haute)) if haute else ()
    return [
        {
            "id": officielle.id if (officielle := officielle_de(parse_plages(said))) else "0",
            "libelle": said,
            "periode": periode,
        }
        for periode, said in seasons
    ]


def _holder(point: PointDuContrat) -> dict[str, Any]:
    nom, siret = point.situation.titulaire or "INCONNU", point.situation.siret
    if point.type_client == "1":
        return {"categorie": "RES", "residence": True, "personne": nom}
    societe = {"Raison_Sociale": nom, "Activite": "0000Z"}
    own = {"Etablissement_Principal_Num_Siret": siret} if siret else {}
    return {"categorie": "PRO", "societe": societe | own}


fichiers = daily_files(prms_of_events, write_points)

"""C15, R15, X12 and X13, by the plans of facturation.

C15 (XSD 4.1.1 to 5.2.0, guide 5.1.3): a point whole, at each of its events. Booleans are 0 and 1;
an event is stamped one minute after midnight, what was read after it two; at level 0 there is no
reading at a change of supplier (observed). R15 (XSD 2.3.2): the readings of a day, with the
energies since the one before in the same situation; the two grids are rounded apart, to whole kWh
(observed). X12 and X13: no schema is public, the tree is that of real files, the grammar ours
(observed). An affaire comes back each day that it moves, with all of its milestones to that day;
objects other than CFN are called as their natures (assumed).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final

from sqlalchemy import select

from sge_sim.clock import PARIS, start_of_day
from sge_sim.domaine.perimetre import ETATS_AFFAIRE, NATURES, Jalon
from sge_sim.domaine.plages import officielle_de, parse_plages
from sge_sim.facturation.arbres import enedis, filled
from sge_sim.facturation.lecture import FINS
from sge_sim.facturation.lignes import LINKY
from sge_sim.flux.contrat_grd.releves import (
    GrilleLue,
    PointDuContrat,
    ReleveContractuel,
    grids_at,
    read_registers,
)
from sge_sim.flux.contrat_grd.travail import BlocDit, Travail, affaire_facts, readings_told
from sge_sim.flux.lots import LotContrat
from sge_sim.tables.perimetre import AffaireContractuelle
from sge_sim.tables.points import Point

_RUE: Final = re.compile(r"(\d{1,4}(?: (?:BIS|TER|QUATER|[A-D]))?),? (.+)", re.IGNORECASE)
_A_HEURES_CREUSES: Final = ("DI000002", "DI000003")
_NIVEAU_0: Final = "0"


def write_events(travail: Travail) -> Iterator[BlocDit]:
    """Yield a block for each event of that day of these points, in their order."""
    lot = travail.lot
    dits = [
        (replace(point, jour=each.jour), rank)
        for point in travail.points
        for rank, each in enumerate(point.vecue.evenements, start=1)
        if each.connu == lot.periode.debut
    ]
    read_registers((point.vecue, [point.jour]) for point, _ in dits)
    for point, rank in dits:
        vecue = replace(point.vecue, evenements=point.vecue.evenements[:rank])
        tree = _point_tree(lot, replace(point, vecue=vecue))
        yield BlocDit(point.instance, point.prm, tree)


def _point_tree(lot: LotContrat, point: PointDuContrat) -> Any:
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
        "tension": "230_400V" if situation.mode == "TRI" else "230V",
        "cadrans": 14 if situation.type_compteur == LINKY else None,
        "tic": situation.type_compteur == LINKY,
        **_holder(point),
        **affaire_facts(lot, evenement),
    }
    return filled("PRM_C15", facts)


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
            "fournisseur": _rows(grids[0], None),
            "distributeur": _rows(grids[1], None),
        }
        trees.append(filled("releve_C15", facts))
    return trees


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


_INDEX: Final = {"mesure": "1", "chiffres": 6, "passage": "0", "coefficient": "1.0"}
_ENERGIE: Final = "2"


def write_readings(travail: Travail) -> Iterator[BlocDit]:
    """Yield the blocks of these points, those of which a reading is told that day."""
    by_prm: dict[str, tuple[str, list[Any]]] = {}
    for (point, tree), statut, motif in readings_told(travail, partial(_reading_tree, travail.lot)):
        said = {"Statut_Releve": statut} | ({"Motif_Rectif": motif} if motif else {})
        by_prm.setdefault(point.prm, (point.instance, []))[1].append(tree | said)
    for prm, (instance, trees) in sorted(by_prm.items()):
        yield BlocDit(instance, prm, {"Id_PRM": prm, "Donnees_Releve": trees})


def _reading_tree(lot: LotContrat, point: PointDuContrat, releve: ReleveContractuel) -> Any:
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
    return filled("Donnees_Releve", facts)


def _rows(lue: GrilleLue, matricule: str | None) -> list[dict[str, Any]]:
    """Return the index and the energy of each class."""
    rows: list[dict[str, Any]] = []
    for each in lue.classes:
        index = {"valeur": lue.index[each.code], "precedent": lue.precedents.get(each.code)}
        rows.append({**vars(each), **_INDEX, **index, "matricule": matricule})
        if lue.precedents:
            energie = {"mesure": _ENERGIE, "valeur": lue.energies[each.code]}
            rows.append({"code": each.code, "libelle": each.libelle, **energie})
    return rows


_CHANGEMENT: Final = "Changement de fournisseur"


def write_affaires(travail: Travail) -> Iterator[BlocDit]:
    """Yield the block of each affaire."""
    prms = [affaire.prm for affaire, _ in travail.asked]
    points = travail.session.execute(select(Point.prm, Point.segment).where(Point.prm.in_(prms)))
    segments = {each.prm: each.segment for each in points}
    for affaire, jalons in travail.asked:
        yield BlocDit("", affaire.prm, _affaire_tree(travail.lot, affaire, jalons, segments))


def _affaire_tree(
    lot: LotContrat,
    affaire: AffaireContractuelle,
    jalons: Sequence[Jalon],
    segments: Mapping[str, str],
) -> Any:
    closed, changes = jalons[-1].etat in enedis()["closes"], affaire.nature[:3] == "CFN"
    facts = {
        "affaire": affaire,
        "segment": segments[affaire.prm],
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
    return filled("affaire", facts)

"""C15, R15, C12, R17, X12 and X13, by the plans of facturation.

C15 (XSD 4.1.1 to 5.2.0, guide 5.1.3): a point whole, at each of its events. Booleans are 0 and 1;
an event is stamped one minute after midnight, what was read after it two; at level 0 there is no
reading at a change of supplier (observed). R15 (XSD 2.3.2): the readings of a day, with the
energies since the one before in the same situation; the two grids are rounded apart (observed).

C12 (XSD 1.12.1, guide 1.12.4), of C4 points: the whole point at each day on which something
happened to it. R17 (XSD 1.9.1, guide 1.11.4): each reading with what was counted since the one
before, by the distributor's classes: indexes and energies (EA), hours beyond the power (DD), the
largest power of the month (PA), as ConsultationMesures, R67 and CMD v3 tell them. A reading and
what it is invoiced have one number; the situation's reference is their `Id_Historique` (assumed).

X12 and X13: no schema is public, the tree is that of real files (observed). An affaire comes back
each day that it moves, with all of its milestones to that day; objects other than CFN are called as
their natures (assumed).
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
from sge_sim.facturation.arbres import enedis, filled, instance_of
from sge_sim.facturation.calcul import en_vigueur_le
from sge_sim.facturation.lecture import FINS
from sge_sim.facturation.lignes import LINKY
from sge_sim.flux.contrat_grd.journee import BlocDit, JourDit, affaire_facts, readings_told
from sge_sim.flux.contrat_grd.releves import (
    JOUR,
    GrilleLue,
    PointDuContrat,
    ReleveContractuel,
    grids_at,
    read_registers,
)
from sge_sim.flux.lots import LotContrat
from sge_sim.mesures import GrandeurFacturee, index_aux, registres_factures
from sge_sim.mesures.consommations import minute_du_releve
from sge_sim.tables.perimetre import AffaireContractuelle
from sge_sim.tables.points import Point

_RUE: Final = re.compile(r"(\d{1,4}(?: (?:BIS|TER|QUATER|[A-D]))?),? (.+)", re.IGNORECASE)
_A_HEURES_CREUSES: Final = ("DI000002", "DI000003")


def write_events(journee: JourDit) -> Iterator[BlocDit]:
    """Yield a block for each event of that day of these points, in their order."""
    lot = journee.lot
    dits = [
        (replace(point, jour=each.jour), rank)
        for point in journee.points
        for rank, each in enumerate(point.vecue.evenements, start=1)
        if each.connu == lot.periode.debut
    ]
    read_registers((point.vecue, [point.jour]) for point, _ in dits)
    for point, rank in dits:
        vecue = replace(point.vecue, evenements=point.vecue.evenements[:rank])
        tree = _point_tree(lot, replace(point, vecue=vecue))
        yield BlocDit(instance_of(point.ligne.code_insee), point.prm, tree)


def _point_tree(lot: LotContrat, point: PointDuContrat) -> Any:
    """Return the whole point, as its last event left it."""
    ligne, vecue, jour, situation = point.ligne, point.vecue, point.jour, point.situation
    fournisseur, distributeur = grids_at(vecue, jour, None, before=False)
    calendriers, evenement = point.calendars(fournisseur, distributeur), vecue.evenements[-1]
    linky = [each.pose for each in vecue.mesure.compteurs if each.communicant]
    voie, is_linky = ligne.numero_et_nom_voie, situation.type_compteur == LINKY
    street = _RUE.fullmatch(voie or "")
    first_of_year = next(vecue.cycliques(date(jour.year - 1, 12, 31)))
    named = calendriers.get("distributeur")
    off_peak = _off_peak(point) if named and named.code in _A_HEURES_CREUSES else []
    facts = {
        "pose_linky": next((day for day in linky if day <= jour), None),
        **{"point": point, "evenement": evenement, "instant": _stamp(jour, 1)},
        "periodicite": "1" if vecue.communicates(jour) else "6",
        "rang": str(first_of_year.month),
        "teleoperable": point.niveau != "0" and ligne.teleoperable,
        "releves": _readings(point) or None,
        **{"numero_rue": street and street[1], "rue": street[2] if street else voie},
        "complement": (ligne.escalier_etage_appartement or "")[:20] or None,
        "commune": ligne.commune[:38],
        "etat": "RESILIE" if evenement.apres.resiliee else "EN SERVICE",
        "resiliation": _stamp(jour, 1) if evenement.apres.resiliee else None,
        **{"calendriers": calendriers, "plages": off_peak, "plage": next(iter(off_peak), None)},
        "alimentation": situation.alimentation.replace("NRAC", "NALI"),
        "debut_alimentation": situation.date_alimentation or situation.date_mise_en_service,
        "tension": "230_400V" if situation.mode == "TRI" else "230V",
        **{"cadrans": 14 if is_linky else None, "tic": is_linky},
        **_holder(point),
        **affaire_facts(lot, evenement),
    }
    return filled("PRM_C15", facts)


def _stamp(jour: date, minute: int) -> datetime:
    return datetime.combine(jour, time(0, minute), PARIS)


def _readings(point: PointDuContrat) -> list[Any]:
    """Return the reading before the last event, and that after it, those that its nature has."""
    vecue, jour, evenement = point.vecue, point.jour, point.vecue.evenements[-1]
    if evenement.nature == "CFNE" and point.niveau == "0":
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


def write_readings(journee: JourDit) -> Iterator[BlocDit]:
    """Yield the blocks of these points, those of which a reading is told that day."""
    by_prm: dict[str, tuple[str, list[Any]]] = {}
    for (point, tree), statut, motif in readings_told(journee, partial(_reading_tree, journee.lot)):
        said = {"Statut_Releve": statut} | ({"Motif_Rectif": motif} if motif else {})
        about = instance_of(point.ligne.code_insee), list[Any]()
        by_prm.setdefault(point.prm, about)[1].append(tree | said)
    for prm, (instance, trees) in sorted(by_prm.items()):
        yield BlocDit(instance, prm, {"Id_PRM": prm, "Donnees_Releve": trees})


def _reading_tree(lot: LotContrat, point: PointDuContrat, releve: ReleveContractuel) -> Any:
    """Return what is told of a reading."""
    before, jour = releve.precedent, releve.jour
    then = before.jour if before else None
    fournisseur, distributeur = grids_at(point.vecue, jour, then, before=before is not None)
    facts = {
        **{"point": point, "releve": releve, "precedent": before},
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
            energie = {"mesure": "2", "valeur": lue.energies[each.code]}
            rows.append({"code": each.code, "libelle": each.libelle, **energie})
    return rows


_EVENEMENTS: Final = ("Contractuel", "Comptage", "Reseau", "Administratif")


def write_situations(journee: JourDit) -> Iterator[BlocDit]:
    """Yield a block for each situation of these points to which something happened that day, of
    all on the first day of a contract."""
    first = journee.lot.periode.debut == journee.lot.contrat.debut
    for point in journee.points:
        if first or any(each.connu == point.jour for each in point.vecue.evenements):
            yield BlocDit("", point.prm, _situation_tree(journee.lot, point))


def _situation_tree(lot: LotContrat, point: PointDuContrat) -> Any:
    ligne, situation, vecue = point.ligne, point.situation, point.vecue
    last = vecue.evenements[-1] if vecue.evenements else None
    happened = [each for each in vecue.evenements if each.connu == point.jour]
    natures: list[Any] = [enedis()["natures_c12"].get(each.nature) for each in happened]
    for each in (each for each in happened if each.nature not in enedis()["natures_c12"]):
        natures.append("CTF" if each.avant.fta != each.apres.fta else None)
        natures.append("CPS" if each.avant.par_classe != each.apres.par_classe else None)
    sortes = {nature: sorte for sorte, named in enedis()["sortes_c12"].items() for nature in named}
    if point.jour == lot.contrat.debut and not happened:
        natures = ["INIT"]
    seen = {sortes.get(each.nature, _EVENEMENTS[0]) for each in happened} or {_EVENEMENTS[0]}
    changes = (situation.date_augmentation, situation.date_diminution)
    facts = {
        **{sorte.lower(): sorte in seen for sorte in _EVENEMENTS},
        **{"point": point, "jour": max((e.jour for e in happened), default=point.jour)},
        "voie": (ligne.numero_et_nom_voie or "")[:60] or None,
        "modification": max(filter(None, changes), default=None),
        "fin": None if vecue.fin is None else vecue.fin - JOUR,
        "natures": sorted({each for each in natures if each}) or None,
        "titulaire": (situation.titulaire or "INCONNU")[:80],
        "plage": (situation.plage_releve or "TD00")[:10],
        "mode": {"CDC": "CdC", "INDEX": "Index"}.get(ligne.mode_traitement or "", "Mixte"),
        "compteur": (situation.compteur or "PMEI")[:35],
        "matricule": point.matricule or "INCONNU",
        **affaire_facts(lot, last),
    }
    return filled("PRM_C12", facts)


def write_measures(journee: JourDit) -> Iterator[BlocDit]:
    """Yield a block for each reading of that day of these points: the first one of a situation
    counts nothing yet, and has none."""
    for (point, tree), statut, motif in readings_told(journee, _measures_tree):
        said = {"Statut_Mesure": statut}
        if motif is not None:
            said["Motif_Rectif"] = enedis()["rectifications"]["R17"][motif]
        tree = {**tree, "Donnees_Releve": tree["Donnees_Releve"] | said}
        yield BlocDit("", point.prm, tree)


def _measures_tree(point: PointDuContrat, releve: ReleveContractuel) -> Any:
    before, jour, mesure = releve.precedent, releve.jour, point.vecue.mesure
    if before is None:
        return None
    lue = grids_at(point.vecue, jour, before.jour)[1]
    au_releve = index_aux(mesure, [jour], minute_du_releve(mesure, jour))
    pointes = registres_factures(mesure, au_releve, [GrandeurFacturee.PMA])[GrandeurFacturee.PMA]
    counted = [
        ("EA", "kWh", lue.energies),
        ("DD", "h", point.heures_depassees(before.jour, jour)),
        (
            "PA",
            "kW" if mesure.pma_en_watts else "kVA",
            {each.code: int(pointes[each.cadran - 1, 0]) // 1000 for each in lue.classes},
        ),
    ]
    index = [
        {"classe": each, "precedent": lue.precedents[each], "nouveau": lue.index[each]}
        for each in point.situation.par_classe
        if each in lue.index
    ]
    facts = {
        **{"point": point, "releve": releve, "sous_lot": releve.id[-12:]},
        **{"motif": _motif(releve), "motif_precedent": _motif(before)},
        "fta": en_vigueur_le(point.situations_facturees(), jour - JOUR).fta,
        "mesures": [
            {
                "type": type_,
                "unite": unite,
                "index": index if type_ == "EA" else None,
                "consommations": [
                    {"classe": each, "quantite": values.get(each, 0)}
                    for each in point.situation.par_classe
                ],
            }
            for type_, unite, values in counted
        ],
    }
    return filled("Corps_PRM", facts)


def _motif(releve: ReleveContractuel) -> str:
    """Return why a point was read: the prestation of its affaire, unless it is of another's."""
    known, evenement = enedis()["motifs_r17"], releve.evenement
    if releve.motif in known or evenement is None or evenement.affaire is None:
        return str(known.get(releve.motif, "MAINTENANCE"))
    return evenement.affaire.prestation or "MAINTENANCE"


def write_affaires(journee: JourDit) -> Iterator[BlocDit]:
    """Yield the block of each affaire."""
    prms = [affaire.prm for affaire, _ in journee.asked]
    points = journee.session.execute(select(Point.prm, Point.segment).where(Point.prm.in_(prms)))
    segments = {each.prm: each.segment for each in points}
    for affaire, jalons in journee.asked:
        yield BlocDit("", affaire.prm, _affaire_tree(journee.lot, affaire, jalons, segments))


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
        "libelle_objet": NATURES["CFNE" if changes else affaire.nature].libelle.capitalize(),
        "reference": affaire.reference_demandeur if lot.flux.code == "X12" else None,
        "statut": {"@code": "TERMN", "libelle": "Terminée"} if closed else {"@code": "COURS"},
        "jalons": [
            {
                **each._asdict(),
                "instant": f"{each.instant.astimezone(PARIS):%Y-%m-%dT%H:%M:%S}.000",
                "effet": f"{each.effet}{start_of_day(each.effet).isoformat()[-6:]}",
                "libelle": ETATS_AFFAIRE[each.etat],
            }
            for each in jalons
        ],
    }
    return filled("affaire", facts)

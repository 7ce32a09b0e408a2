"""C12 and R17: what a supplier is told of its points above 36 kVA (C4; HTA isn't followed).

C12 (XSD 1.12.1, guide 1.12.4): the whole point at each day on which something happened to it; what
happened that day is told at once. R17 (XSD 1.9.1, guide 1.11.4): each reading with what was counted
since the one before it, by the distributor's classes: indexes and energies (EA), hours beyond the
power (DD), the largest power of the month (PA, whole kVA or kW). It is what ConsultationMesures,
R67 and CMD v3 tell, to the unit. A reading and what it is invoiced have one number
(`Num_Sous_Lot`), and the reference of the situation is their `Id_Historique` (assumed).
"""

from collections.abc import Iterator
from typing import Any, Final

from sge_sim.facturation.arbres import enedis, filled
from sge_sim.facturation.calcul import en_vigueur_le
from sge_sim.flux.contrat_grd.releves import JOUR, PointDuContrat, ReleveContractuel, grids_at
from sge_sim.flux.contrat_grd.travail import BlocDit, Travail, affaire_facts, readings_told
from sge_sim.flux.lots import LotContrat
from sge_sim.mesures import GrandeurFacturee, index_aux, registres_factures
from sge_sim.mesures.consommations import minute_du_releve

_MODES: Final = {"CDC": "CdC", "INDEX": "Index"}
_EVENEMENTS: Final = ("Contractuel", "Comptage", "Reseau", "Administratif")


def write_situations(travail: Travail) -> Iterator[BlocDit]:
    """Yield a block for each situation of these points to which something happened that day, of
    all on the first day of a contract."""
    first = travail.lot.periode.debut == travail.lot.contrat.debut
    for point in travail.points:
        if first or any(each.connu == point.jour for each in point.vecue.evenements):
            yield BlocDit("", point.prm, _situation_tree(travail.lot, point))


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
        "mode": _MODES.get(ligne.mode_traitement or "", "Mixte"),
        "compteur": (situation.compteur or "PMEI")[:35],
        "matricule": point.matricule or "INCONNU",
        **affaire_facts(lot, last),
    }
    return filled("PRM_C12", facts)


def write_measures(travail: Travail) -> Iterator[BlocDit]:
    """Yield a block for each reading of that day of these points: the first one of a situation
    counts nothing yet, and has none."""
    for (point, tree), statut, motif in readings_told(travail, _measures_tree):
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
        **{"point": point, "releve": releve, "motif": _motif(releve)},
        "motif_precedent": _motif(before),
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

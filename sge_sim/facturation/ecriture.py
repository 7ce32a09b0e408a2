"""Invoices as the trees of F15, of whatever they are made: the detail (FL), the general file (FA).

In versions before 4.0.4 a rate is a text, and less is said of it. What Enedis says of itself is in
`enedis.yaml`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from operator import attrgetter
from typing import Any, Final

import yaml

from sge_sim.facturation.lignes import LINKY, FactureFournisseur, LigneFacturee, rounded
from sge_sim.machine.once import computed_once

NOUVELLE: Final = "4.0.4"
"""The version from which on invoices are those of electronic invoicing."""
_DELAI: Final = 15
"""Days within which an invoice is due (assumed)."""
_LIGNE: Final = {
    "Id_EV": "id_ev",
    "Libelle_EV": "libelle",
    "Rupture": "rupture",
    "Date_Debut": "debut",
    "Date_Fin": "fin",
    "Quantite": "quantite",
    "Unite_Quantite": "unite",
    "Prix_Unitaire": "prix",
    "Montant_HT": "montant",
}
_OF_SOUTIRAGE: Final = ("soutirage", "variable")


@dataclass(frozen=True)
class TeteFacture:
    """To whom an invoice goes: the instance (0322), the type of client (0 professional, 1
    residential, 9 none), how often (M, B, P), and the supplier: name, EIC code, from when on it has
    its contract."""

    instance: str
    client: str
    frequence: str
    nom: str
    eic: str
    depuis: date


@computed_once()
def enedis() -> Any:
    """Return what Enedis says of itself in its files (`enedis.yaml`)."""
    return yaml.safe_load(files(__package__).joinpath("enedis.yaml").read_bytes())


def detail_block(
    facture: FactureFournisseur, numero: str, donnees: Mapping[str, Any], version: str
) -> dict[str, Any]:
    """Return the tree of a block of a detail file, from its invoice and what it says of its
    point."""
    bloc = facture.blocs[numero]
    natures = sorted({each.nature for each in bloc.lignes})
    tree = {
        "Num_Valorisation": numero,
        "Type_Facturation": bloc.type,
        "Total_Valorise_HT": bloc.ht,
        "Total_Valorise_TVA": bloc.tva,
        "Total_Valorise_TTC": bloc.ttc,
        "Periode_Ante_Migration": False,
        "Donnees_PRM": donnees,
        "Groupe_Valorise": [
            {
                "Nature_EV": nature,
                "Element_Valorise": [
                    _line(each, version) for each in bloc.lignes if each.nature == nature
                ],
            }
            for nature in natures
        ],
        "Releve": [{"Id_Releve": each} for each in bloc.releves],
    }
    for nom, span in (("Fixe", bloc.part_fixe), ("Variable", bloc.part_variable)):
        if span is not None:
            tree |= {f"Date_Debut_Part_{nom}": span[0], f"Date_Fin_Part_{nom}": span[1]}
    return tree


def _line(ligne: LigneFacturee, version: str) -> dict[str, Any]:
    tree = {nom: attrgetter(key)(ligne) for nom, key in _LIGNE.items()}
    tree = {nom: value for nom, value in tree.items() if value != ""} | _tax(ligne.tva, version)
    tree["Date_TVA_Applicable"] = ligne.fin
    if version == NOUVELLE:
        tree["Categorie"] = "Remise" if ligne.is_remise else ""
    if (situation := ligne.situation) is None:
        return tree
    tree["Num_Sequence"] = situation.sequence
    if ligne.famille in _OF_SOUTIRAGE:
        tree["Puissance_Souscrite"] = situation.puissance
        tree["Formule_Tarifaire_Acheminement"] = situation.fta
    elif ligne.famille == "comptage":
        tree["Controle_Puissance"] = "CE" if situation.compteur == LINKY else "DJ"
        tree["Dispositif_Comptage"] = "SC" if situation.compteur == "PSC" else "AC"
        tree["Regime_Compteur"] = "P" if situation.proprietaire else "L"
    return tree


def _tax(rate: Decimal | None, version: str) -> dict[str, Any]:
    if version != NOUVELLE:
        return {"Taux_TVA_Applicable": "NS" if rate is None else f"{rate:f}"}
    sorte, code = ("Hors champ de TVA", "O") if rate is None else ("TVA normale", "S")
    tree = {"Type_TVA_Applicable": sorte, "Code_Type_TVA_Applicable": code}
    return tree if rate is None else {"Taux_TVA_Applicable": rate, **tree}


def general_tree(
    facture: FactureFournisseur, tete: TeteFacture, entete: Mapping[str, Any], version: str
) -> dict[str, Any]:
    """Return the tree of a general file, which `entete` heads."""
    lignes = [each for bloc in facture.blocs.values() for each in bloc.lignes]
    adresse = {**enedis()["adresse"], "Ligne_Adresse_1": tete.nom, "Ligne_Adresse_7": "FR"}
    message: dict[str, Any] = {
        "Num_Facture": facture.numero,
        "Affectation": f"GFRN_1_{facture.jour:%Y%m%d}_{tete.client}_{facture.type}",
        "Date_Facture": facture.jour,
        "Type_Facture": facture.type,
        "Devise": "EUR",
        "Code_Mode_Reglement": "P",
        "Date_Reglement": facture.jour + timedelta(_DELAI),
        "Delai_Reglement": _DELAI,
        "Frequence_Facturation": tete.frequence,
        "Type_Client": tete.client,
        "Dematerialisation": "D",
        "Donnees_GRD_Legales": enedis()["legales"] | enedis()["adresse"],
        "Donnees_Client": {
            "Date_Effet_Contrat": tete.depuis,
            **adresse,
            "Code_TVA": enedis()["tva_client"],
        },
    }
    if version == NOUVELLE:
        message |= {
            "Type_Facture_DGFIP": facture.type_dgfip,
            "Date_Debut_Facture": min(each.debut for each in lignes),
            "Date_Fin_Facture": max(each.fin for each in lignes),
            "Categorisation_Facture": "B2B",
            "Donnees_Payeur": adresse,
        }
    return {
        "En_Tete_Flux": entete,
        "En_Tete_Message": message,
        "Fin_Message": _end_of(facture, lignes, version),
    }


def _end_of(
    facture: FactureFournisseur, lignes: Sequence[LigneFacturee], version: str
) -> dict[str, Any]:
    """Return the totals that end a general file, by price and by rate."""
    ht, ttc = facture.total("ht"), facture.total("ttc")
    bases: dict[Decimal | None, Decimal] = defaultdict(Decimal)
    taxes: dict[Decimal | None, Decimal] = defaultdict(Decimal)
    for bloc in facture.blocs.values():
        for each in bloc.lignes:
            bases[each.tva] += each.montant
        rates = {each.tva for each in bloc.lignes}
        for rate in rates - {None}:
            mine = [each for each in bloc.lignes if each.tva == rate]
            taxes[rate] += bloc.tva if len(rates - {None}) == 1 else _of_rate(mine, rate)
    tree: dict[str, Any] = {
        "Montant_Total_HT": ht,
        "Montant_Total_HTVA": ht,
        "Montant_Total_TVA": facture.total("tva"),
        "Montant_Total_TTC": ttc,
        "Nb_Donnees_Valorisation_Total": len(facture.blocs),
        "Groupe_Recapitulatif": _summary(lignes, version),
        "Detail_TVA": [],
    }
    for rate, base in sorted(bases.items(), key=lambda each: each[0] or Decimal(0)):
        row = {
            "Libelle": "Hors champ de TVA" if rate is None else "TVA normale",
            **_tax(rate, version),
            "Assiette": base,
            "Montant": taxes[rate],
        }
        if version == NOUVELLE:
            row |= {
                "Motif_Exoneration_TVA": "" if rate else "Hors champ de TVA",
                "Code_Motif_Exoneration_TVA": "" if rate else "VATEX-EU-O",
            }
        tree["Detail_TVA"].append(row)
    if version == NOUVELLE:
        tree["Montant_Total_Lignes_Facture"] = ht + facture.remises
        tree["Montant_Total_Remises"] = facture.remises
        if facture.remises:
            rate = next(each.tva for each in lignes if each.is_remise)
            tree["Synthese_Remises"] = [
                {
                    "Libelle": "Composante de gestion client CU",
                    **_tax(rate, version),
                    "Motif_Remise": "Composante de gestion client CU",
                    "Code_Motif_Remise": "42",
                    "Montant": facture.remises,
                }
            ]
    return tree


def _of_rate(lignes: Sequence[LigneFacturee], rate: Decimal | None) -> Decimal:
    return rounded(sum((each.montant for each in lignes), Decimal(0)) * (rate or 0) / 100)


def _summary(lignes: Sequence[LigneFacturee], version: str) -> list[dict[str, Any]]:
    """Return the lines of an invoice put together, those of an element at a price in one."""
    groups: dict[str, dict[tuple[str, Decimal], list[LigneFacturee]]] = defaultdict(dict)
    for each in lignes:
        groups[each.nature].setdefault((each.id_ev, each.prix), []).append(each)
    tree = []
    for nature, by_price in sorted(groups.items()):
        rows = []
        for (id_ev, prix), mine in sorted(by_price.items()):
            row = {
                "Id_EV": id_ev,
                "Libelle_EV": mine[0].libelle,
                "Nb_EV": len(mine),
                "Date_Debut_Prix": min(each.debut for each in mine),
                "Date_Fin_Prix": max(each.fin for each in mine),
                "Prix_Unitaire": prix,
                "Quantite": sum((each.quantite for each in mine), Decimal(0)),
                "Unite_Quantite": mine[0].unite,
                "Montant_HT": sum((each.montant for each in mine), Decimal(0)),
                **_tax(mine[0].tva, version),
                "Date_TVA_Applicable": max(each.fin for each in mine),
            }
            if version == NOUVELLE:
                row["Categorie"] = "Remise" if mine[0].is_remise else ""
            rows.append(row)
        tree.append({"Nature_EV": nature, "Element_Recapitulatif": rows})
    return tree

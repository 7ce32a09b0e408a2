"""Invoices as the trees of F15 and F12, however they were made: the detail (FL), the general file
(FA), the summary by tariff (FR, of F12).

In versions before 4.0.4 a rate is a text, and less is said of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from sge_sim.clock import legal_date
from sge_sim.facturation.arbres import enedis, filled, plans
from sge_sim.facturation.lignes import (
    LINKY,
    BlocFacture,
    FactureFournisseur,
    LigneFacturee,
    rounded,
)
from sge_sim.facturation.prix import elements

_NOUVELLE: Final = "4.0.4"
_DELAI, _DELAI_F12 = 15, 30
"""Days within which an invoice is due (F15: assumed; F12: documented)."""
_ID_CONTRAT: Final = 9
T = TypeVar("T")


def detail_block(
    numero: str,
    bloc: BlocFacture,
    point: Any,
    version: str,
    affaire: Any,
    plan: str = "Donnees_Valorisation",
) -> Any:
    """Return the tree of a block of a detail file; `point`: its sheet, its meter, its day, the eve
    of the invoice that it had first; `affaire`: that of its service, None of the transport;
    `plan`: that of its flux."""
    fixe, variable = bloc.part_fixe or (None, None), bloc.part_variable or (None, None)
    facture, valorisation, motif = bloc.origine or ("", "", "")
    origine = {"numero": facture, "jour": point.jour + timedelta(1), "bloc": valorisation}
    facts = {
        "numero": numero,
        "bloc": bloc,
        "point": point,
        "affaire": affaire,
        "demande": None if affaire is None else legal_date(affaire.ouverte_at),
        "rectifie": bloc.origine and {"motif": motif, "par": "4", "factures": [origine]},
        "departement": point.ligne.code_insee[:2],
        "debut_fixe": fixe[0],
        "fin_fixe": fixe[1],
        "debut_variable": variable[0],
        "fin_variable": variable[1],
        "groupes": [
            {"nature": nature, "elements": [_element(each, version) for each in mine]}
            for nature, mine in _by(bloc.lignes, lambda each: each.nature).items()
        ],
        "elements": [_element(each, version) for each in bloc.lignes],
    }
    return filled(plans()[plan], facts)


def general_tree(
    facture: FactureFournisseur, head: Mapping[str, Any], frequence: str, client: str, version: str
) -> Any:
    """Return the tree of a general file; `head`: what heads it too; `frequence`: M, B, P; `client`:
    0 professional, 1 residential, 9 none."""
    lignes = [each for bloc in facture.blocs.values() for each in bloc.lignes]
    facts = {
        **head,
        **{"facture": facture, "frequence": frequence, "client": client},
        **{nom: facture.total(nom) for nom in ("ht", "tva", "ttc")},
        "affectation": f"GFRN_1_{facture.jour:%Y%m%d}_{client}_{facture.type}",
        "reglement": facture.jour + timedelta(_DELAI),
        "debut": min(each.debut for each in lignes),
        "fin": max(each.fin for each in lignes),
        "legales": enedis()["legales"],
        "tva_client": enedis()["tva_client"],
        "lignes": facture.total("ht") + facture.remises,
        "nombre": len(facture.blocs),
        "groupes": [
            {"nature": nature, "elements": _summed(mine, lambda x: (x.id_ev, x.prix), version)}
            for nature, mine in _by(lignes, lambda each: each.nature).items()
        ],
        "taxes": [
            {**each, "taxe": _tax_of(facture, each["tva"])}
            for each in _summed(lignes, lambda x: (x.tva is not None, x.tva), version)
        ],
        "remises": _summed([each for each in lignes if each.is_remise], lambda x: x.tva, version),
    }
    return filled(plans()["F15_FA"], facts)


def general_trees_f12(facture: FactureFournisseur, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the trees of the general file of an F12 and of its summary; `head`: what heads them,
    and the blocks of each of its details (`parts`)."""
    lignes = [each for bloc in facture.blocs.values() for each in bloc.lignes]
    details = [
        {"rang": rang, "nombre": len(part), "ht": sum((each.ht for each in part), Decimal(0))}
        for rang, part in enumerate(head["parts"], start=1)
    ]
    facts = {
        **head,
        **{nom: facture.total(nom) for nom in ("ht", "tva", "ttc")},
        "intitule": "Facture" if facture.type_dgfip == "380" else "Avoir",
        "reglement": facture.jour + timedelta(_DELAI_F12),
        "legales": enedis()["legales"],
        "tva_client": enedis()["tva_client"],
        "id_contrat": head["contrat"].contrat_id[:_ID_CONTRAT],
        "nombre": len(facture.blocs),
        "details": details,
        "taxes": [
            {**each, "taxe": _tax_of(facture, each["tva"])}
            for each in _summed(lignes, lambda x: x.tva, "")
        ],
        "tarifs": [
            {
                "fta": fta,
                "ht": sum((each.montant for each in mine), Decimal(0)),
                "codes": _summed(mine, lambda x: elements()["recapitulatifs"][x.famille], ""),
            }
            for fta, some in _by(facture.blocs.values(), lambda x: x.fta).items()
            for mine in ([each for bloc in some for each in bloc.lignes],)
        ],
    }
    return {each: filled(plans()[f"F12_{each}"], facts) for each in ("FA", "FR")}


def _tax_of(facture: FactureFournisseur, rate: Decimal | None) -> Decimal:
    """Return the tax at a rate, as the blocks round it."""
    total = Decimal("0.00")
    for bloc in facture.blocs.values() if rate is not None else ():
        amounts = [each.montant for each in bloc.lignes if each.tva == rate]
        bases = amounts if bloc.tva_par_ligne else [sum(amounts, Decimal(0))]
        total += sum((rounded(base * (rate or 0) / 100) for base in bases), Decimal(0))
    return total


def _element(ligne: LigneFacturee, version: str) -> dict[str, Any]:
    """Return what is said of a line."""
    taxed, situation = ligne.tva is not None, ligne.situation
    facts = {
        **vars(ligne),
        "libelle": ligne.libelle,
        "rupture": ligne.rupture or None,
        "type_tva": "TVA normale" if taxed else "Hors champ de TVA",
        "code_tva": "S" if taxed else "O",
        "taux": ligne.tva if version == _NOUVELLE else f"{ligne.tva:f}" if taxed else "NS",
        "categorie": "Remise" if ligne.is_remise else "",
        "motif": "" if taxed else "Hors champ de TVA",
        "code_motif": "" if taxed else "VATEX-EU-O",
        "sens": "Z" if ligne.montant < 0 else "Y",
        "recapitulatif": elements()["recapitulatifs"].get(ligne.famille),
    }
    if ligne.unite == "kVA.j":
        days = (ligne.fin - ligne.debut).days + 1
        facts["sup"] = [rounded(abs(ligne.quantite) / days, Decimal("0.001"))]
    if situation is not None and ligne.famille in ("soutirage", "variable"):
        facts["soutiree"] = situation
    if situation is not None and ligne.famille == "comptage":
        facts["controle"] = "CE" if situation.compteur == LINKY else "DJ"
        facts["dispositif"] = "SC" if situation.compteur == "PSC" else "AC"
        facts["regime"] = "P" if situation.proprietaire else "L"
    return facts


def _summed(
    lignes: Iterable[LigneFacturee], key: Callable[[LigneFacturee], Any], version: str
) -> list[dict[str, Any]]:
    """Return lines put together that have a key in common, in the order of it."""
    return [
        {
            **_element(mine[0], version),
            "nombre": len(mine),
            "debut": min(each.debut for each in mine),
            "fin": max(each.fin for each in mine),
            "quantite": sum((each.quantite for each in mine), Decimal(0)),
            "montant": sum((each.montant for each in mine), Decimal(0)),
        }
        for mine in _by(lignes, key).values()
    ]


def _by(elements: Iterable[T], key: Callable[[T], Any]) -> dict[Any, Sequence[T]]:
    found: dict[Any, list[T]] = defaultdict(list)
    for each in elements:
        found[key(each)].append(each)
    return {each: found[each] for each in sorted(found)}

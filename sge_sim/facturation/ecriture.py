"""Invoices as the trees of F15 and F12, however they were made: a block of the detail (FL), the
general file (FA), the summary by tariff (FR, of F12).

In versions before 4.0.4 a rate is a text, and less is said of it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from sge_sim.clock import legal_date
from sge_sim.facturation.arbres import filled, plans
from sge_sim.facturation.lignes import (
    LINKY,
    BlocFacture,
    FactureFournisseur,
    LigneFacturee,
    put_together,
    rounded,
)
from sge_sim.facturation.prix import elements

_ANCIENNE: Final = "3.3.2"
_DELAIS: Final = {"F15": 15, "F12": 30}
"""Days within which an invoice is due (F15: assumed; F12: documented)."""
_ID_CONTRAT: Final = 9
_ZERO: Final = Decimal("0.00")
_TAXEE: Final = {"type_tva": "TVA normale", "code_tva": "S", "motif": "", "code_motif": ""}
_HORS_CHAMP: Final = {
    **{"type_tva": "Hors champ de TVA", "motif": "Hors champ de TVA"},
    **{"code_tva": "O", "code_motif": "VATEX-EU-O"},
}


def detail_block(
    plan: str, numero: str, bloc: BlocFacture, point: Any, version: str, affaire: Any
) -> Any:
    """Return the tree of a block of a detail file, by the plan of its flux; `point`: its sheet, its
    meter, its day, the eve of the invoice that it had first; `affaire`: that of its service, None
    of the transport."""
    fixe, variable = bloc.part_fixe or (None, None), bloc.part_variable or (None, None)
    facture, valorisation, motif = bloc.origine or ("", "", "")
    origine = {"numero": facture, "bloc": valorisation, "sous_lot": point.jour}
    origine |= {"jour": point.jour + timedelta(1)}
    lignes = [_element(each, version) for each in bloc.lignes]
    facts = {
        **{"numero": numero, "bloc": bloc, "point": point, "affaire": affaire},
        "tarif": next(iter(bloc.tarifs)),
        "demande": None if affaire is None else legal_date(affaire.ouverte_at),
        "rectifie": bloc.origine and {**origine, "motif": motif, "par": "4", "factures": [origine]},
        "departement": point.ligne.code_insee[:2],
        **{"debut_fixe": fixe[0], "fin_fixe": fixe[1]},
        **{"debut_variable": variable[0], "fin_variable": variable[1]},
        **{"groupes": _by_nature(lignes), "elements": lignes},
    }
    return filled(plan, facts)


def general_trees(head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the trees of the general file of an invoice, and of its summary where its flux has
    one; `head`: the invoice, what heads it, its version, frequency (M, B, P), client (0
    professional, 1 residential) and details."""
    facture: FactureFournisseur = head["facture"]
    lignes, version, noms = facture.lignes, head["grammaire"], elements()["recapitulatifs"]

    def summed(lignes: Any, key: Any) -> list[dict[str, Any]]:
        return [_element(each, version) for each in put_together(lignes, key)]

    tva, remises = sum(facture.taxes.values(), _ZERO), [each for each in lignes if each.is_remise]
    remise = -sum((each.montant for each in remises), _ZERO)
    taxes = summed(lignes, lambda x: (x.tva is not None, x.tva))
    facts = {
        **head,
        "intitule": "Facture" if facture.type_dgfip == "380" else "Avoir",
        "affectation": f"GFRN_1_{facture.jour:%Y%m%d}_{head['client']}_{facture.type}",
        "reglement": facture.jour + timedelta(_DELAIS[head["flux"]]),
        **{"debut": min(x.debut for x in lignes), "fin": max(x.fin for x in lignes)},
        "id_contrat": head["contrat"].contrat_id[:_ID_CONTRAT],
        **{"tva": tva, "ttc": facture.ht + tva, "remise": remise, "lignes": facture.ht + remise},
        "groupes": _by_nature(summed(lignes, lambda x: (x.id_ev, x.prix))),
        "taxes": [{**each, "taxe": facture.taxes.get(each["tva"], _ZERO)} for each in taxes],
        "remises": summed(remises, lambda x: x.tva),
        "tarifs": [
            {
                "fta": fta,
                "ht": sum((each.montant for each in mine), Decimal(0)),
                "codes": summed(mine, lambda x: noms.get(x.famille, "")),
            }
            for fta, mine in sorted(facture.tarifs.items())
        ],
    }
    named = ((part, f"{head['flux']}_{part}") for part in ("FA", "FR"))
    return {part: filled(nom, facts) for part, nom in named if nom in plans()}


def _by_nature(elements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    natures = sorted({each["nature"] for each in elements})
    return [{"nature": n, "elements": [x for x in elements if x["nature"] == n]} for n in natures]


def _element(ligne: LigneFacturee, version: str) -> dict[str, Any]:
    """Return what is said of a line."""
    taxed, situation = ligne.tva is not None, ligne.situation
    facts = {
        **vars(ligne),
        "libelle": ligne.libelle,
        "rupture": ligne.rupture or None,
        **(_TAXEE if taxed else _HORS_CHAMP),
        "taux": "NS" if version == _ANCIENNE and not taxed else ligne.tva,
        "categorie": "Remise" if ligne.is_remise else "",
        "sens": "Z" if ligne.montant < 0 else "Y",
        "recapitulatif": elements()["recapitulatifs"].get(ligne.famille),
    }
    if ligne.unite == "kVA.j":
        days = (ligne.fin - ligne.debut).days + 1
        facts["sup"] = [rounded(abs(ligne.quantite) / days, Decimal("0.001"))]
    if ligne.famille in ("soutirage", "variable"):
        facts["soutiree"] = situation
    if situation is not None and ligne.famille == "comptage":
        facts["controle"] = "CE" if situation.compteur == LINKY else "DJ"
        facts["dispositif"] = "SC" if situation.compteur == "PSC" else "AC"
        facts["regime"] = "P" if situation.proprietaire else "L"
    return facts

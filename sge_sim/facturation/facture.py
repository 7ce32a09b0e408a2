"""An invoice of blocks: its totals, its detail (FL) and the end of its general file (FA) as trees
that `grammaire` writes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sge_sim.facturation.grammaire import ArbreDocument
from sge_sim.facturation.lignes import BlocFacture, LigneFacturee, rounded

_REMISE: Final = "Composante de gestion client CU"
_CODE_REMISE, _GESTION = "42", "gestion_client"
_TAXEE, _HORS_CHAMP = ("TVA normale", "S"), ("Hors champ de TVA", "O")
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
_SITUATION: Final = {"Puissance_Souscrite": "puissance", "Formule_Tarifaire_Acheminement": "fta"}


class BlocNumerote(NamedTuple):
    """A block with its number, and what it says of its point (`Donnees_PRM`) or of itself."""

    numero: str
    bloc: BlocFacture
    donnees: Mapping[str, Any]


@dataclass(frozen=True)
class FactureFournisseur:
    """An invoice; `type`: C cyclic or of events, R corrective."""

    numero: str
    jour: date
    blocs: Sequence[BlocNumerote]
    type: str = "C"

    @property
    def type_dgfip(self) -> str:
        """380 an invoice, 381 a credit note: of a negative total."""
        return "381" if self._sum("ht") < 0 else "380"

    def _sum(self, what: str) -> Decimal:
        return sum((attrgetter(what)(each.bloc) for each in self.blocs), Decimal("0.00"))

    def detail(self, en_tete: Mapping[str, Any]) -> ArbreDocument:
        """Return the tree of its detail file under a head (`En_Tete_Flux`)."""
        rappel = {"Num_Facture": self.numero, "Date_Facture": self.jour, "Devise": "EUR"}
        blocs = [self._bloc(*each) for each in self.blocs]
        return {"En_Tete_Flux": en_tete, "Rappel_En_Tete": rappel, "Donnees_Valorisation": blocs}

    def _bloc(self, numero: str, bloc: BlocFacture, donnees: Mapping[str, Any]) -> ArbreDocument:
        groups: dict[str, list[ArbreDocument]] = defaultdict(list)
        for each in sorted(bloc.lignes, key=attrgetter("nature")):
            groups[each.nature].append(self._element(each))
        tree: ArbreDocument = {
            "Num_Valorisation": numero,
            "Type_Facturation": bloc.type,
            "Total_Valorise_HT": bloc.ht,
            "Total_Valorise_TVA": bloc.tva,
            "Total_Valorise_TTC": bloc.ttc,
            "Periode_Ante_Migration": False,
            "Groupe_Valorise": [{"Nature_EV": n, "Element_Valorise": e} for n, e in groups.items()],
            "Releve": [{"Id_Releve": each} for each in bloc.releves],
            **donnees,
        }
        for nom, span in (("Fixe", bloc.part_fixe), ("Variable", bloc.part_variable)):
            if span is not None:
                tree |= {f"Date_Debut_Part_{nom}": span[0], f"Date_Fin_Part_{nom}": span[1]}
        if bloc.origine is not None:
            facture, valorisation, tree["Motif_Rectif_Facture"] = bloc.origine
            origine = {"Origine_Facture": facture, "Origine_Valorisation": valorisation}
            tree["Facture_Origine"] = [origine]
        return tree

    def _element(self, ligne: LigneFacturee) -> ArbreDocument:
        tree = {nom: getattr(ligne, key) for nom, key in _LIGNE.items() if getattr(ligne, key)}
        tree |= {"Montant_HT": ligne.montant, "Categorie": "Remise" * (ligne.famille == _GESTION)}
        tree |= {"Date_TVA_Applicable": self.jour, **_taxed(ligne.tva)}
        if ligne.situation is not None:
            tree["Num_Sequence"] = ligne.situation.sequence
            if ligne.famille in ("soutirage", "variable"):
                tree |= {nom: getattr(ligne.situation, key) for nom, key in _SITUATION.items()}
        return tree

    def fin_de_message(self) -> ArbreDocument:
        """Return the totals that end its general file."""
        lignes = [ligne for each in self.blocs for ligne in each.bloc.lignes]
        bases: dict[Decimal | None, Decimal] = defaultdict(lambda: Decimal("0.00"))
        for ligne in lignes:
            bases[ligne.tva] += ligne.montant
        remises = [each for each in lignes if each.famille == _GESTION]
        remise = -sum((each.montant for each in remises), Decimal("0.00"))
        libelle = {"Libelle": _REMISE, "Motif_Remise": _REMISE, "Code_Motif_Remise": _CODE_REMISE}
        return {
            "Montant_Total_HT": self._sum("ht"),
            "Montant_Total_Lignes_Facture": self._sum("ht") + remise,
            "Montant_Total_Remises": remise,
            "Montant_Total_HTVA": self._sum("ht"),
            "Montant_Total_TVA": self._sum("tva"),
            "Montant_Total_TTC": self._sum("ttc"),
            "Nb_Donnees_Valorisation_Total": len(self.blocs),
            "Detail_TVA": [_taxes(taux, base) for taux, base in bases.items()],
            "Synthese_Remises": [
                {**libelle, **_taxed(t), "Montant": remise} for t in {each.tva for each in remises}
            ],
        }


def _taxed(taux: Decimal | None) -> ArbreDocument:
    sorte, code = _HORS_CHAMP if taux is None else _TAXEE
    tree: ArbreDocument = {"Type_TVA_Applicable": sorte, "Code_Type_TVA_Applicable": code}
    return tree if taux is None else tree | {"Taux_TVA_Applicable": taux}


def _taxes(taux: Decimal | None, base: Decimal) -> ArbreDocument:
    exempt = taux is None
    return {
        "Libelle": _taxed(taux)["Type_TVA_Applicable"],
        **_taxed(taux),
        "Motif_Exoneration_TVA": _HORS_CHAMP[0] if exempt else "",
        "Code_Motif_Exoneration_TVA": "VATEX-EU-O" if exempt else "",
        "Assiette": base,
        "Montant": rounded(base * (taux or 0) / 100),
    }

"""An invoice of blocks: its totals, and its detail (FL) as a tree that `grammaire` writes, of which
`f15` in `elements.yaml` says which element is which value."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from sge_sim.facturation.grammaire import ArbreDocument
from sge_sim.facturation.lignes import BlocFacture, LigneFacturee
from sge_sim.facturation.prix import elements


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

    def total(self, what: Literal["ht", "tva", "ttc"]) -> Decimal:
        """Return the sum of its blocks."""
        return sum((getattr(each.bloc, what) for each in self.blocs), Decimal("0.00"))

    @property
    def remises(self) -> Decimal:
        """What is taken off, above zero: the lines of « gestion client »."""
        lines = (line for each in self.blocs for line in each.bloc.lignes if line.is_remise)
        return -sum((each.montant for each in lines), Decimal("0.00"))

    @property
    def type_dgfip(self) -> str:
        """380 an invoice, 381 a credit note: of a negative total."""
        return "381" if self.total("ht") < 0 else "380"

    def detail(self, en_tete: Mapping[str, Any]) -> ArbreDocument:
        """Return the tree of its detail file (FL) under a head (`En_Tete_Flux`)."""
        rappel = {"Num_Facture": self.numero, "Date_Facture": self.jour, "Devise": "EUR"}
        blocs = [self._bloc(each) for each in self.blocs]
        return {"En_Tete_Flux": en_tete, "Rappel_En_Tete": rappel, "Donnees_Valorisation": blocs}

    def _bloc(self, numbered: BlocNumerote) -> ArbreDocument:
        bloc, groups = numbered.bloc, defaultdict[str, list[ArbreDocument]](list)
        for each in sorted(bloc.lignes, key=attrgetter("nature")):
            groups[each.nature].append(self._ligne(each))
        tree = {"Periode_Ante_Migration": False, **_filled("bloc", numbered), **numbered.donnees}
        tree["Groupe_Valorise"] = [
            {"Nature_EV": n, "Element_Valorise": e} for n, e in groups.items()
        ]
        tree["Releve"] = [{"Id_Releve": each} for each in bloc.releves]
        for nom, span in (("Fixe", bloc.part_fixe), ("Variable", bloc.part_variable)):
            if span is not None:
                tree |= {f"Date_Debut_Part_{nom}": span[0], f"Date_Fin_Part_{nom}": span[1]}
        if bloc.origine is not None:
            facture, valorisation, tree["Motif_Rectif_Facture"] = bloc.origine
            origine = {"Origine_Facture": facture, "Origine_Valorisation": valorisation}
            tree["Facture_Origine"] = [origine]
        return tree

    def _ligne(self, ligne: LigneFacturee) -> ArbreDocument:
        tree = {"Date_TVA_Applicable": self.jour, "Categorie": "Remise" * ligne.is_remise}
        if ligne.situation is not None:
            priced = ligne.famille in ("soutirage", "variable")
            tree |= _filled("soutirage" if priced else "situation", ligne)
        taxed = "hors_champ" if ligne.tva is None else "taxe"
        return tree | _filled("ligne", ligne) | elements()["f15"][taxed]


def _filled(sorte: str, source: Any) -> ArbreDocument:
    """Return the elements of a kind, but for those that have no value."""
    found = {nom: attrgetter(key)(source) for nom, key in elements()["f15"][sorte].items()}
    return {nom: value for nom, value in found.items() if value not in (None, "")}

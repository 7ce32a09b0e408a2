"""Compares the lines of a block with those that are expected, and says what isn't explained."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final

from sge_sim.facturation.grammaire import ArbreDocument
from sge_sim.facturation.lignes import BlocFacture, LigneFacturee, rounded, with_comma
from sge_sim.facturation.lignes import SituationFacturee as Situee

_ZERO: Final = Decimal(0)
_COMPARED: Final = ("nature", "unite", "quantite", "prix", "montant", "tva")
_SITUES: Final = ("fta", "puissance", "sequence")


@dataclass(frozen=True)
class ConstatFacture:
    """What isn't explained: in which file, block and line, what was expected, what is written, and
    by which readings.

    `genre`: `ligne`, `total`, `bloc`, `relevés` (those of a block); apart: `relevé manquant`,
    `situation inconnue`, `tarif inconnu`, `prix inconnu`, `origine absente`, `illisible`.
    """

    fichier: str
    genre: str
    quoi: str
    bloc: str = ""
    prm: str = ""
    ligne: str = ""
    attendu: str = ""
    ecrit: str = ""
    releves: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in a line, in French."""
        block = f"bloc {self.bloc}" if self.bloc else ""
        said = f"{', '.join(filter(None, [self.fichier, block, self.ligne]))} : "
        said += f"{self.genre}, {self.quoi}"
        if self.attendu or self.ecrit:
            said += f" ; attendu {self.attendu or 'rien'}, écrit {self.ecrit or 'rien'}"
        return said + (f" [relevés {', '.join(self.releves)}]" if self.releves else "")


@dataclass(frozen=True)
class BlocEcrit:
    """A block of F15 as it is written, with its file, the number of its invoice, its day, and the
    contract that the number is of."""

    fichier: str
    facture: str
    arbre: ArbreDocument
    jour: date = date.max
    contrat: str = ""

    @property
    def reference(self) -> tuple[str, str]:
        """Its point and its contractual situation."""
        donnees = self.arbre.get("Donnees_PRM", {})
        return donnees.get("Id_PRM", ""), donnees.get("Ref_Situation_Contractuelle", "")

    @cached_property
    def lignes(self) -> list[LigneFacturee]:
        """Its lines, those of a negative quantity with a negative price instead."""
        groups = self.arbre.get("Groupe_Valorise", [])
        return [_line(g["Nature_EV"], each) for g in groups for each in g["Element_Valorise"]]

    def says(self, genre: str, quoi: str, ligne: Any = None, **more: Any) -> ConstatFacture:
        """Return what is said of it, or of a line."""
        name = f"{ligne.id_ev} du {ligne.debut:%d/%m/%Y} au {ligne.fin:%d/%m/%Y}" if ligne else ""
        prm = self.arbre.get("Donnees_PRM", {}).get("Id_PRM", "")
        bloc = self.arbre["Num_Valorisation"]
        return ConstatFacture(self.fichier, genre, quoi, bloc, prm, name, **more)


def _line(nature: str, arbre: ArbreDocument) -> LigneFacturee:
    prix, quantite = (arbre.get(nom, _ZERO) for nom in ("Prix_Unitaire", "Quantite"))
    if quantite < 0:
        prix, quantite = -prix, -quantite
    try:  # former versions wrote a rate as a text, or why there is none
        taux = Decimal(arbre["Taux_TVA_Applicable"])
    except (KeyError, InvalidOperation):
        taux = None
    days, unite = (arbre["Date_Debut"], arbre["Date_Fin"]), arbre.get("Unite_Quantite", "")
    montant = arbre["Montant_HT"]
    ligne = LigneFacturee(arbre["Id_EV"], *days, quantite, unite, prix, montant, taux, nature)
    fta, kva = (arbre.get(nom) for nom in ("Formule_Tarifaire_Acheminement", "Puissance_Souscrite"))
    known = fta and kva and Situee(date.min, fta, kva, arbre.get("Num_Sequence", 0))
    return replace(ligne, situation=known or None)


def compare_lines(bloc: BlocEcrit, expected: Sequence[LigneFacturee]) -> Iterator[ConstatFacture]:
    """Yield what lines that are written and lines that are expected don't have in common.

    The energy of a reading that a change of price divides may be divided otherwise: the sum and the
    prices count.
    """
    left = [each for each in expected if each.quantite or each.repartie]
    parts: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for each in left:
        if each.repartie:
            parts[each.id_ev, each.releves] += each.quantite
    whole = dict(parts)
    for ligne in bloc.lignes:
        about = ligne.id_ev, ligne.debut, ligne.fin
        mine = next((each for each in left if (each.id_ev, each.debut, each.fin) == about), None)
        if mine is None:
            yield bloc.says("ligne", "ligne en trop", ligne, ecrit=ligne.explained())
            continue
        left.remove(mine)
        if mine.repartie:
            parts[mine.id_ev, mine.releves] -= ligne.quantite
            montant = rounded(ligne.quantite * mine.prix)
            mine = replace(mine, quantite=ligne.quantite, montant=montant)
        wrong = [nom for nom in _COMPARED if getattr(ligne, nom) != getattr(mine, nom)]
        if ligne.situation is not None and mine.situation is not None:
            pairs = [(nom, *(getattr(x.situation, nom) for x in (ligne, mine))) for nom in _SITUES]
            wrong += [nom for nom, a, b in pairs if a and a != b]
        if wrong:
            quoi = f"{', '.join(wrong)} : pas ce que disent la grille et les relevés"
            said = {"attendu": _shown(mine, wrong), "ecrit": _shown(ligne, wrong)}
            yield bloc.says("ligne", quoi, ligne, releves=mine.releves, **said)
    for each in left:
        if not each.repartie:
            said = {"attendu": each.explained()}
            yield bloc.says("ligne", "ligne manquante", each, releves=each.releves, **said)
    for (id_ev, releves), rest in parts.items():
        if rest:
            kwh = whole[id_ev, releves]
            said = {"attendu": f"{kwh} kWh", "ecrit": f"{kwh - rest} kWh"}
            yield bloc.says("ligne", f"{id_ev} : la somme des énergies", releves=releves, **said)


def _shown(ligne: LigneFacturee, names: Sequence[str]) -> str:
    more = [f"{nom} {getattr(ligne, nom)}" for nom in names if nom in ("tva", "nature")]
    more += [f"{nom} {getattr(ligne.situation, nom)}" for nom in names if nom in _SITUES]
    return ", ".join([ligne.explained(), *more])


def compare_heads(bloc: BlocEcrit, expected: BlocFacture) -> Iterator[ConstatFacture]:
    """Yield what a block says wrong of itself: its type, its days, its readings."""
    arbre, wanted = bloc.arbre, ArbreDocument()
    if arbre["Type_Facturation"] != "RECT":
        wanted["Type_Facturation"] = expected.type
    for nom, span in (("Fixe", expected.part_fixe), ("Variable", expected.part_variable)):
        if span is not None:
            wanted |= {f"Date_Debut_Part_{nom}": span[0], f"Date_Fin_Part_{nom}": span[1]}
    for nom, value in wanted.items():
        if arbre.get(nom, value) != value:
            yield bloc.says("bloc", nom, attendu=str(value), ecrit=str(arbre[nom]))
    ids = {each["Id_Releve"] for each in arbre.get("Releve", [])}
    # A block of F12 has the number of its reading alone.
    bounds = {expected.releves["Num_Sous_Lot" in arbre and -1], expected.releves[-1]}
    if not bounds <= ids <= {*expected.releves}:
        said = {"attendu": ", ".join(expected.releves), "ecrit": ", ".join(sorted(ids))}
        yield bloc.says("relevés", "le bloc ne nomme pas ceux qui le bornent", **said)


def compare_totals(bloc: BlocEcrit, *, tva_par_ligne: bool) -> Iterator[ConstatFacture]:
    """Yield the totals of a block that aren't those of its lines."""
    late = bloc.arbre.get("Detail_Interets_Retard", [])
    sums = BlocFacture("", tuple(bloc.lignes), tva_par_ligne=tva_par_ligne)
    totals = {"HT": sums.ht + sum(each["Montant_HT"] for each in late)}
    for nom, total in (totals if late else totals | {"TVA": sums.tva, "TTC": sums.ttc}).items():
        written = bloc.arbre.get(f"Total_Valorise_{nom}", total)
        if written != total:
            said = {"attendu": with_comma(total), "ecrit": with_comma(written)}
            yield bloc.says("total", f"Total_Valorise_{nom}", **said)

"""Explains the lines of anybody's F15 from their own words and from grids: how much, at which price
and whose, how it is rounded; then the sums of its invoices."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Final

from sge_sim.errors import UsageError
from sge_sim.facturation import lignes
from sge_sim.facturation.calcul import Facturation
from sge_sim.facturation.comparaison import BlocEcrit
from sge_sim.facturation.grammaire import ArbreDocument
from sge_sim.facturation.lignes import LigneFacturee, rounded, with_comma
from sge_sim.facturation.prix import elements
from sge_sim.facturation.verification import VerificationFactures

_LONGEST: Final = 800
"""Days of a line at most: none is longer than a reading's and its advance."""
_MOST: Final = 10**15


def explained(verification: VerificationFactures) -> Iterator[str]:
    """Yield in French the invoices among documents, block by block and line by line."""
    yield from map(str, verification.constats)
    for bloc in verification.blocs:
        arbre, prm = bloc.arbre, bloc.arbre.get("Donnees_PRM", {}).get("Id_PRM", "")
        about = f"Bloc {arbre['Num_Valorisation']}, {arbre['Type_Facturation']} {prm}, relevés "
        about += " → ".join(each["Id_Releve"] for each in arbre.get("Releve", ()))
        yield f"{about} : {with_comma(arbre['Total_Valorise_HT'])} € HT"
        for ligne in bloc.lignes:
            line = replace(ligne, calcul=_why(ligne, verification.facturation)).explained()
            yield f"  {ligne.id_ev} du {ligne.debut:%d/%m/%Y} au {ligne.fin:%d/%m/%Y} : {line}"
    for _, tree in verification.generales:
        yield from _sums(tree, verification.blocs)


def _why(ligne: LigneFacturee, facturation: Facturation) -> str:
    """Return how the price of a line comes from the grid of its day, or what that says instead,
    and what its amount is rounded from."""
    try:
        grille = facturation.grilles.on(ligne.debut)
    except UsageError as error:
        return str(error).removesuffix(".")
    unknown, source = f"{grille.nom} n'a pas ce prix", f"{grille.nom}, {grille.source}"
    if ligne.nature != "01":
        source = f"{grille.nom}, prix supposé s'il n'est pas d'une grille à soi"
    found = unknown
    for mine in _candidates(ligne, facturation):
        if ligne.id_ev in (mine.id_ev, elements()["reprises"].get(mine.famille)):
            same = abs(mine.prix) == abs(ligne.prix)
            if same or found is unknown:
                found = " ; ".join(filter(None, [mine.calcul, source]))
                found = found if same else f"attendu {with_comma(mine.prix)} : {found}"
            if same:
                break
    exact = ligne.quantite * ligne.prix
    if exact == ligne.montant or abs(exact) > _MOST:
        return found
    due = rounded(exact)
    expected = "" if due == ligne.montant else f"attendu {with_comma(due)}, "
    return f"{found} ; {expected}arrondi de {with_comma(exact.normalize())}"


def _candidates(ligne: LigneFacturee, facturation: Facturation) -> Iterator[LigneFacturee]:
    """Yield what may be invoiced of the days of a line, whatever its point is."""
    days = (ligne.fin - ligne.debut).days + 1
    if not 0 < days < _LONGEST:
        return
    debut, after = ligne.debut, ligne.fin + timedelta(1)
    if ligne.nature != "01":
        with suppress(UsageError):
            yield facturation.prestation(ligne.id_ev, debut, ligne.quantite)
        return
    tarifs, by_power = elements()["tarifs"], ligne.unite == "j.kVA"
    ftas = [fta for fta, tarif in tarifs.items() if tarif["code"] in ligne.id_ev] or [*tarifs]
    powers = [ligne.quantite / days] if by_power else [*map(Decimal, (9, 18, 36))]
    meters, said, owned = ("CCB", "CEB", "PSC"), (False, True), "ASCP" in ligne.id_ev
    for fta, power, meter, acc, produces in product(ftas, powers, meters, said, said):
        how = meter, owned, acc, produces, "", True
        mine = [lignes.SituationFacturee(debut, fta, power, 1, *how)]
        kwh = dict.fromkeys(tarifs[fta]["classes"], int(ligne.quantite))
        lu = lignes.ReleveFacture("", debut), lignes.ReleveFacture("", after, energies=kwh)
        with suppress(UsageError):
            if ligne.unite == "kWh":
                yield from facturation.energies(*lu, mine)
            else:
                yield from (e for s in "UE" for e in facturation.part_fixe(s, debut, after, mine))


def _sums(tree: ArbreDocument, blocs: Sequence[BlocEcrit]) -> Iterator[str]:
    """Yield what an invoice comes to: its totals, from its blocks, then its elements."""
    numero, fin = tree["En_Tete_Message"]["Num_Facture"], tree["Fin_Message"]
    mine = [each.arbre for each in blocs if each.facture == numero]
    yield f"Facture {numero}, blocs : {fin['Nb_Donnees_Valorisation_Total']}"
    for nom in ("HT", "TVA", "TTC"):
        amounts = [each.get(f"Total_Valorise_{nom}", Decimal(0)) for each in mine]
        shown = f" ; blocs : {' + '.join(map(with_comma, amounts))}" if mine else ""
        wrong = "" if sum(amounts) == fin[f"Montant_Total_{nom}"] else " ; ce n'en est pas la somme"
        yield f"  {nom} {with_comma(fin[f'Montant_Total_{nom}'])}{shown}{wrong if mine else ''}"
    groups = fin.get("Groupe_Recapitulatif", ())
    for each in (e for group in groups for e in group["Element_Recapitulatif"]):
        said = (with_comma(each[nom]) for nom in ("Quantite", "Prix_Unitaire", "Montant_HT"))
        yield "  {}, lignes : {} ; {} × {} = {}".format(each["Id_EV"], each["Nb_EV"], *said)

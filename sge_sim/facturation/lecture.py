"""What documents of a supplier say of points, as values: situations of C15 and C12, readings of R15
and R17; the blocks and the totals of F12 as F15 has them.

Above 36 kVA `Id_Historique` stands for the reference of a situation (assumed); the number and the
day of a block name its reading.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sge_sim.clock import legal_date
from sge_sim.domaine.libelles import jour_releve
from sge_sim.facturation.comparaison import BlocEcrit
from sge_sim.facturation.grammaire import ArbreDocument
from sge_sim.facturation.lignes import LINKY, LigneFacturee, ReleveFacture, SituationFacturee
from sge_sim.facturation.prix import elements

COMPTEURS: Final = (LINKY, "CEB", "CFB", "PSC")
DEBUTS: Final = ("PMES", "MES", "CFNE")
FINS: Final = ("RES", "CFNS")
CYCLIQUE: Final = "CYCL"
"""The motives of readings: those that begin a situation, that end it; it and the cyclic ones are
invoiced."""
EVENEMENT: Final = "EVNT"
"""The motive of a reading of R17 that neither the cycle nor an end leads to: it is invoiced too."""
_DEBUTS: Final = {"F100A": "PMES", "F120A": "MES", "F130": "CFNE"}
_FINS: Final = {"F120A": "RES", "F130": "CFNS", "F140A": "RES"}
D_AVANCE: Final = ("ECHO", "REPR")
"""What ends the elements of what is billed in advance, or taken back."""
_SORTES: Final = ("Acheminement", "Prestations", "Option", "Frais_Divers")
_PLAGE: Final = re.compile(r"(?:DM|TD|MM|TM|FM|TF)\d\d")
_INDEX, _ENERGIE = "1", "2"
_PARTAGE: Final = {"3": "AU", "4": "AL"}
"""What is produced by a collective operation, and what isn't, before the class."""


@dataclass(frozen=True)
class ReleveRecu:
    """A reading of R15; `precedent`: the identifier, the day and the motive of the one before."""

    releve: ReleveFacture
    motif: str
    precedent: tuple[str, date, str] | None = None
    prochain: date | None = None
    statut: str = "INITIAL"
    partage: Mapping[str, int] = field(default_factory=dict)

    def under(self, fta: str) -> ReleveFacture:
        """Return it with the energies that a tariff prices."""
        by_share = fta.endswith("ACC") and self.partage
        return replace(self.releve, energies=self.partage) if by_share else self.releve


def _legal_day(stamp: datetime) -> date:
    """Return the legal day of a stamp; one without an offset is in legal time."""
    return stamp.date() if stamp.tzinfo is None else legal_date(stamp)


def add_situation(prm: ArbreDocument, known: list[SituationFacturee], connu: date) -> None:
    """Add what a C15 of a day says of a point to the situations of its reference, where it is
    another."""
    contrat = prm["Situation_Contractuelle"]
    structure = contrat.get("Structure_Tarifaire")
    if structure is None or (known and contrat["Etat_Contractuel"] != "EN SERVICE"):
        return
    compteurs = prm.get("Dispositif_De_Comptage", {}).get("Compteur", [])
    sequence = contrat["Num_Sequence"]
    event = _legal_day(prm["Evenement_Declencheur"]["Date_Evenement"])
    new = sequence not in {each.sequence for each in known}
    found = SituationFacturee(
        debut=contrat["Date_Debut_Num_Sequence"] if new else event,
        fta=structure["Formule_Tarifaire_Acheminement"],
        puissance=structure["Puissance_Souscrite"],
        sequence=sequence,
        compteur=next((each["Type"] for each in compteurs if each["Type"] in COMPTEURS), ""),
        acc=prm.get("Autoconsommation_Collective", "0") != "0",
        autoproducteur=prm.get("Autoproducteur", False),
        connu=connu,
    )
    if found not in {replace(each, debut=found.debut) for each in known}:
        known.append(found)
        known.sort(key=lambda each: (each.debut, each.sequence))


def situations_of(lignes: Iterable[LigneFacturee]) -> list[SituationFacturee]:
    """Return the situations of a reference as most of its written lines say them."""
    said: dict[int, list[LigneFacturee]] = defaultdict(list)
    status: Counter[str] = Counter()
    for each in lignes:
        status.update(nom for nom, ev in elements()["gestion"].items() if each.id_ev[:-2] == ev)
        if each.situation is not None and each.prix >= 0:
            said[each.situation.sequence].append(each)
    named = "".join(nom for nom, _ in status.most_common(1)).split()
    return [
        replace(
            Counter(each.situation for each in mine if each.situation).most_common(1)[0][0],
            debut=min(each.debut for each in mine),
            compteur="",
            acc="acc" in named,
            autoproducteur="autoproducteur" in named,
        )
        for mine in said.values()
    ]


def releve_of(tree: ArbreDocument) -> ReleveRecu:
    """Return what an R15 says of a reading: of the distributor's classes where it has them."""
    rows = tree.get("Classe_Temporelle_Distributeur") or tree["Classe_Temporelle"]
    values: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        sorte, classe = row["Classe_Mesure"], row["Id_Classe_Temporelle"]
        if row["Sens_Mesure"] == "0":
            values[sorte][f"{_PARTAGE.get(sorte, '')}{classe}"] = row["Valeur"]
            if sorte == _INDEX and "Valeur_Precedent" in row:
                values[""][classe] = row["Valeur"] - row["Valeur_Precedent"]
    precedent: Any = None
    if "Id_Releve_Precedent" in tree and "Date_Releve_Precedent" in tree:
        jour = _legal_day(tree["Date_Releve_Precedent"])
        precedent = tree["Id_Releve_Precedent"], jour, tree.get("Motif_Releve_Precedent", "")
    jour, energies = _legal_day(tree["Date_Releve"]), values[_ENERGIE] or values[""]
    return ReleveRecu(
        ReleveFacture(tree["Id_Releve"], jour, values[_INDEX], energies),
        tree["Motif_Releve"],
        precedent,
        tree.get("Date_Theorique_Prochaine_Releve"),
        tree["Statut_Releve"],
        {classe: kwh for sorte in _PARTAGE for classe, kwh in values[sorte].items()},
    )


Reference = tuple[str, str]
"""A point and its contractual situation."""


def situations_told(tree: ArbreDocument) -> Iterator[tuple[Reference, SituationFacturee]]:
    """Yield the situations that a C12 tells, each with its point and its reference."""
    for prm in tree["Contrat"]["PRM"]:
        reference = prm.get("SI_Contractuel", {}).get("@Identifiant_Historique", "")
        for event in prm["Type_Evenement"]:
            dispositifs = event.get("Dispositif_De_Comptage", [])
            plages = [
                lu["Plage_De_Releve"] for each in dispositifs for lu in each["Donnees_Releve"]
            ]
            fixes = [jour_releve(each) for each in plages if _PLAGE.fullmatch(each)]
            for each in event["Situation_Contractuelle"]:
                said = each["Option_Tarifaire_TURPE_Souscrite"]
                powers = tuple(
                    (row["Libelle"], Decimal(row["Puissance_Souscrite"]))
                    for row in said["Classe_Temporelle_TURPE_Souscrite"]
                )
                sequence = each.get("Numero_Sequence", "")
                yield (
                    (prm["Identifiant"], reference),
                    SituationFacturee(
                        debut=each["Date_Debut"],
                        fta=said["Option_Tarifaire_TURPE"]["Libelle"],
                        puissance=max(power for _, power in powers),
                        sequence=int(sequence) if sequence.isdigit() else 1,
                        puissances=powers,
                        jour_fixe=fixes[0] if fixes else 0,
                    ),
                )


def releves_told(tree: ArbreDocument) -> Iterator[tuple[Reference, ReleveRecu]]:
    """Yield the readings that an R17 tells, each with its point and its reference."""
    for corps in tree["Corps_PRM"]:
        for each in corps["Donnees_Releve"]:
            values: dict[str, dict[str, int]] = defaultdict(dict)
            for row in each["Donnees_Par_Type_Mesure"]:
                for conso in row["Conso_Par_Classe_Temporelle"]:
                    values[row["Type_Mesure"]][conso["Classe_Temporelle"]] = conso[
                        "Quantite_Mesure"
                    ]
            debut, fin = each["Date_Debut_Mesure"], each["Date_Fin_Mesure"]
            lu = ReleveFacture(_ident(corps), fin, {}, values["EA"], heures=values["DD"])
            before = _motif(each.get("Motif_Releve_Precedent", ""), _DEBUTS)
            precedent = f"relevé du {debut:%d/%m/%Y}", debut, before
            motif = _motif(each["Motif_Releve_Nouveau"], _FINS)
            recu = ReleveRecu(lu, motif, precedent, statut=each["Statut_Mesure"])
            yield (corps["Id_PRM"], corps.get("Id_Historique", "")), recu


def _ident(tree: ArbreDocument) -> str:
    return f"{tree['Num_Sous_Lot']} du {tree['Date_Sous_Lot']:%d/%m/%Y}"


def _motif(said: str, named: dict[str, str]) -> str:
    """Return a motive of R17 as R15 has it: codes joined by +, each perhaps with a variant."""
    codes = [each.partition("_")[0] for each in said.split("+")]
    found = [named[each] for each in codes if each in named]
    return found[0] if found else CYCLIQUE if said == "FACTURATION" else EVENEMENT


def is_large(bloc: ArbreDocument) -> bool:
    """Whether a block is one of F12."""
    return "Num_Sous_Lot" in bloc


def as_f15(document: str, tree: ArbreDocument) -> ArbreDocument:
    """Return the detail or the general file of an F12 as one of F15."""
    if document == "F12_FL":
        return {**tree, "Donnees_Valorisation": [_bloc(each) for each in tree["Sous_Lot"]]}
    nombre = tree["Liste_Detail_Facturation"]["Nb_Sous_Lot_Total"]
    return {**tree, "Fin_Message": {"Nb_Donnees_Valorisation_Total": nombre, **tree["Fin_Message"]}}


def _bloc(sous_lot: ArbreDocument) -> ArbreDocument:
    groups: dict[str, list[ArbreDocument]] = defaultdict(list)
    for each in sous_lot["Element_Valorise"]:
        sorte = next(sorte for sorte in _SORTES if sorte in each)
        debut = each[sorte].get("Date_Debut") or each[sorte]["Date_Effet"]
        line = {"Date_Debut": debut, "Date_Fin": debut, **each, **each[sorte]}
        groups["01" if sorte == _SORTES[0] else "02"].append(line)
    prm, reference = sous_lot.get("Id_PRM", ""), sous_lot.get("Id_Historique", "")
    origine = {"Origine_Facture": "Orig_Facture", "Origine_Valorisation": "Orig_Sous_Lot"}
    return {
        **sous_lot,
        "Num_Valorisation": sous_lot["Num_Sous_Lot"],
        "Total_Valorise_HT": sous_lot["Sous_Total"]["Montant_HT"],
        "Donnees_PRM": {"Id_PRM": prm, "Ref_Situation_Contractuelle": reference},
        "Groupe_Valorise": [{"Nature_EV": n, "Element_Valorise": e} for n, e in groups.items()],
        "Releve": [{"Id_Releve": _ident(sous_lot)}],
        "Facture_Origine": [{nom: sous_lot.get(each) for nom, each in origine.items()}],
    }


def put_right(bloc: BlocEcrit, expected: Sequence[LigneFacturee]) -> Sequence[LigneFacturee]:
    """Return what is expected of a block: one that annuls or corrects may leave out what is billed
    in advance."""
    if not is_large(bloc.arbre) or bloc.arbre["Type_Facturation"] not in ("ANNUL", "RECT"):
        return expected
    known = {(each.id_ev, each.debut) for each in bloc.lignes}
    return [x for x in expected if (x.id_ev, x.debut) in known or x.id_ev[-4:] not in D_AVANCE]


def totals_of(
    document: str, tree: ArbreDocument, blocs: list[Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield what a detail of F12, or the summary of an invoice, sums up: its name, what its blocks
    come to, what is written."""
    if document == "F12_FL":
        said = tree["Sous_Total_Fichier"]
        total = sum((each["Sous_Total"]["Montant_HT"] for each in tree["Sous_Lot"]), Decimal(0))
        yield "Sous_Total_HT du fichier", total, said["Sous_Total_HT"]
        yield "Nb_Sous_Lot du fichier", len(tree["Sous_Lot"]), said["Nb_Sous_Lot"]
        return
    for each in tree.get("Type_Tarif", []):
        tarif, sums = each["Tarif_Souscrit"], dict[str, Decimal]()
        for bloc in (bloc for bloc in blocs if bloc.get("Tarif_Souscrit") == tarif):
            for group in bloc["Groupe_Valorise"]:
                for line in group["Element_Valorise"]:
                    for code in ("Sous_Total_HT", line["Code_Recapitulatif"]):
                        sums[code] = sums.get(code, Decimal(0)) + line["Montant_HT"]
        yield f"Sous_Total_HT de {tarif}", sums.get("Sous_Total_HT"), each["Sous_Total_HT"]
        for recap in each.get("Recapitulatif", []):
            code = recap["Code_Recapitulatif"]
            yield f"{code} de {tarif}", sums.get(code), recap["Sous_Total_HT"]

"""What documents of a supplier say of points, as values: situations of C15, readings of R15."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sge_sim.clock import legal_date
from sge_sim.facturation.grammaire import ArbreDocument
from sge_sim.facturation.lignes import LINKY, LigneFacturee, ReleveFacture, SituationFacturee
from sge_sim.facturation.prix import elements

COMPTEURS: Final = (LINKY, "CEB", "CFB", "PSC")
DEBUTS: Final = ("PMES", "MES", "CFNE")
FINS: Final = ("RES", "CFNS")
CYCLIQUE: Final = "CYCL"
"""The motives of readings: those that begin a situation, that end it; it and the cyclic ones are
invoiced."""
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

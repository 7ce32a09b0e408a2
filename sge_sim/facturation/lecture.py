"""What documents of a supplier say of points, as values: situations of C15, readings of R15."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sge_sim.clock import PARIS
from sge_sim.facturation.grammaire import ArbreDocument
from sge_sim.facturation.lignes import ReleveFacture, SituationFacturee

DEBUTS: Final = ("PMES", "MES", "CFNE")
FINS: Final = ("RES", "CFNS")
CYCLIQUE: Final = "CYCL"
"""The motives of readings: those that begin a situation, that end it; it and the cyclic ones are
invoiced."""
_INDEX, _ENERGIE = "1", "2"
_PARTAGE: Final = {"3": "AU", "4": "AL"}
"""What is produced by a collective operation, and what isn't, before the class."""


Reference = tuple[str, str]
"""A point and its contractual situation."""


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


def legal_day(instant: datetime | date) -> date:
    """Return the legal day of a stamp; one without an offset is in legal time."""
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        return instant.date() if isinstance(instant, datetime) else instant
    return instant.astimezone(PARIS).date()


def situation_of(prm: ArbreDocument, known: list[SituationFacturee]) -> None:
    """Add what a C15 says of a point to the situations of its reference, where it is another."""
    contrat = prm["Situation_Contractuelle"]
    structure = contrat.get("Structure_Tarifaire")
    if structure is None or (known and contrat["Etat_Contractuel"] != "EN SERVICE"):
        return
    compteurs = prm.get("Dispositif_De_Comptage", {}).get("Compteur", [])
    sequence = contrat["Num_Sequence"]
    event = legal_day(prm["Evenement_Declencheur"]["Date_Evenement"])
    new = sequence not in {each.sequence for each in known}
    found = SituationFacturee(
        debut=contrat["Date_Debut_Num_Sequence"] if new else event,
        fta=structure["Formule_Tarifaire_Acheminement"],
        puissance=structure["Puissance_Souscrite"],
        sequence=sequence,
        compteur=compteurs[0]["Type"] if compteurs else "",
        acc=prm.get("Autoconsommation_Collective", "0") != "0",
        autoproducteur=prm.get("Autoproducteur", False),
    )
    if found not in {replace(each, debut=found.debut) for each in known}:
        known.append(found)
        known.sort(key=lambda each: (each.debut, each.sequence))


def releve_of(tree: ArbreDocument) -> ReleveRecu:
    """Return what an R15 says of a reading: of the distributor's classes where it has them."""
    rows = tree.get("Classe_Temporelle_Distributeur") or tree["Classe_Temporelle"]
    rows = [each for each in rows if each["Sens_Mesure"] == "0"]
    values = {(r["Classe_Mesure"], r["Id_Classe_Temporelle"]): r for r in rows}
    index = {classe: r["Valeur"] for (sorte, classe), r in values.items() if sorte == _INDEX}
    before = {
        classe: r["Valeur"] - r["Valeur_Precedent"]
        for (sorte, classe), r in values.items()
        if sorte == _INDEX and "Valeur_Precedent" in r
    }
    energies = {classe: r["Valeur"] for (sorte, classe), r in values.items() if sorte == _ENERGIE}
    partage = {
        f"{_PARTAGE[sorte]}{classe}": r["Valeur"]
        for (sorte, classe), r in values.items()
        if sorte in _PARTAGE
    }
    precedent: Any = None
    if "Id_Releve_Precedent" in tree and "Date_Releve_Precedent" in tree:
        jour = legal_day(tree["Date_Releve_Precedent"])
        precedent = tree["Id_Releve_Precedent"], jour, tree.get("Motif_Releve_Precedent", "")
    return ReleveRecu(
        ReleveFacture(tree["Id_Releve"], legal_day(tree["Date_Releve"]), index, energies or before),
        tree["Motif_Releve"],
        precedent,
        tree.get("Date_Theorique_Prochaine_Releve"),
        tree["Statut_Releve"],
        partage,
    )

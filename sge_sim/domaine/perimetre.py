"""What changes in the contractual life of a point: the natures of its events, and its situations.

A supplier that has a GRD-F contract follows its C5 points by it: each change is an event of a day,
that an affaire led to (GUI 0300 v5.1.3, « Session type 1 » C5 02/2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from sge_sim.domaine.libelles import jour_releve

NatureEvenement = Literal[
    "PMES",
    "MES",
    "RES",
    "CFNE",
    "CFNS",
    "MCT",
    "MCF",
    "CMAT",
    "COU",
    "RET",
    "PHC",
    "MDPRM",
    "MDACT",
    "MDCTR",
    "MDBRA",
    "AUTRE",
]
TypeContractuel = Literal["CONTRAT", "TECHNIQUE"]
Initiateur = Literal["fournisseur", "enedis"]
"""Who asked for an affaire. Enedis' own, corrections included, are told in no X12 nor X13."""
EtatAffaire = Literal["DMTR", "DMREC", "INPL", "CPRE", "CPNR"]


@dataclass(frozen=True)
class SorteEvenement:
    """What is known of a nature: its label, its type, the readings of a C15 (before, after: GUI
    0300 and files), the motive of its R15 ("" where it has no reading; PMES, PHC, MCF assumed).

    `ouvre` and `ferme`: it begins or ends a contractual situation, which has a reference.
    """

    libelle: str
    type: TypeContractuel = "TECHNIQUE"
    avant: bool = False
    apres: bool = False
    motif: str = ""
    ouvre: bool = False
    ferme: bool = False


NATURES: Final[Mapping[NatureEvenement, SorteEvenement]] = {
    "PMES": SorteEvenement(
        "première mise en service", "CONTRAT", apres=True, motif="PMES", ouvre=True
    ),
    "MES": SorteEvenement("mise en service", "CONTRAT", apres=True, motif="MES", ouvre=True),
    "RES": SorteEvenement("résiliation", "CONTRAT", avant=True, motif="RES", ferme=True),
    "CFNE": SorteEvenement(
        "changement de fournisseur, entrée", "CONTRAT", apres=True, motif="CFNE", ouvre=True
    ),
    "CFNS": SorteEvenement(
        "changement de fournisseur, sortie", "CONTRAT", avant=True, motif="CFNS", ferme=True
    ),
    "MCT": SorteEvenement(
        "modification de la puissance ou de la formule", "CONTRAT", True, True, "MCT"
    ),
    "MCF": SorteEvenement("calendrier du fournisseur", "TECHNIQUE", True, True, "MCT"),
    "CMAT": SorteEvenement("changement de matériel", "TECHNIQUE", True, True, "CMAT"),
    "COU": SorteEvenement("coupure ou limitation", "TECHNIQUE", True, False, "AUTRE"),
    "RET": SorteEvenement("rétablissement", "TECHNIQUE", True, True, "AUTRE"),
    "PHC": SorteEvenement("heures creuses reprogrammées", "TECHNIQUE", True, True, "AUTRE"),
    "MDPRM": SorteEvenement("modification du point"),
    "MDACT": SorteEvenement("modification du client", "CONTRAT"),
    "MDCTR": SorteEvenement("correction d'une donnée du contrat", "CONTRAT"),
    "MDBRA": SorteEvenement("modification du branchement"),
    "AUTRE": SorteEvenement("autre intervention", "TECHNIQUE", motif="AUTRE"),
}
ETATS_AFFAIRE: Final[Mapping[EtatAffaire, str]] = {
    "DMTR": "Demande transmise",
    "DMREC": "Demande recevable",
    "INPL": "Intervention planifiée",
    "CPRE": "Close, prestation réalisée",
    "CPNR": "Close, prestation non réalisée",
}
"""The milestones of an affaire, in their order, and their labels (X12; observed)."""
CALENDRIERS_DISTRIBUTEUR: Final[Mapping[str, str]] = {
    **dict.fromkeys(("BTINFCUST", "BTINFMUST", "BTINFLU"), "DI000001"),
    "BTINFMUDT": "DI000002",
    **dict.fromkeys(("BTINFCU4", "BTINFMU4", "BTINFCU4ACC", "BTINFMU4ACC"), "DI000003"),
}
"""The distributor's calendar of a tariff (GUI 0300)."""
_COMPTEURS: Final[Mapping[str | None, str]] = {
    **{"LINKY": "CCB", "EMC": "CFB", "SSCPT": "PSC"},
    None: "PSC",
}
REFERENCE_TENUE: Final = 500_000_000
"""The references of situations that an event opened are above; those that stood before any event
are drawn of the PRM, below (assumed: real ones have nine digits and no order that is told)."""


@dataclass(frozen=True)
class SituationContractuelle:
    """A point as a contract has it, from an event on.

    `reference` changes with each customer or supplier, `sequence` grows from 1 with each tariff or
    power. `date_mise_en_service` begins the reference, `date_sequence` the sequence. `puissance` in
    kVA, as is `puissance_limitation`. `compteur`: code of `typeComptage`; `mode`: MONO or TRI.
    """

    reference: str
    sequence: int
    date_mise_en_service: date
    date_sequence: date
    etat: str
    alimentation: str
    fournisseur: str | None
    titulaire: str | None
    categorie: str | None
    siret: str | None
    fta: str | None
    puissance: int | None
    calendrier: str | None
    heures_creuses: str | None
    heures_creuses_basse: str | None
    niveau: int
    compteur: str | None
    matricule: str | None
    numero_serie: str | None
    mode: str
    plage_releve: str | None
    date_alimentation: date | None = None
    date_resiliation: date | None = None
    date_modification_fta: date | None = None
    date_augmentation: date | None = None
    date_diminution: date | None = None
    puissance_limitation: int | None = None

    @property
    def resiliee(self) -> bool:
        """Whether the point has left the contract."""
        return self.etat == "RESIL"

    @property
    def jour_fixe(self) -> int:
        """The day of the month on which it is read, 1 to 28."""
        return jour_releve(self.plage_releve)

    @property
    def type_compteur(self) -> str:
        """Its meter: CCB (Linky), CEB, CFB, or PSC (none)."""
        return _COMPTEURS.get(self.compteur, "CEB")

    @property
    def calendrier_distributeur(self) -> str | None:
        """The distributor's calendar; none without a communicating meter, open to services."""
        communicates = self.compteur == "LINKY" and self.niveau > 0
        return CALENDRIERS_DISTRIBUTEUR.get(self.fta or "") if communicates else None


@dataclass(frozen=True)
class PeriodeContractuelle:
    """A situation over the legal days [debut, fin); fin is None while it holds."""

    debut: date
    fin: date | None
    situation: SituationContractuelle


def initial_reference(prm: str) -> str:
    """Return the reference of a point's situation that no event opened: nine digits.

    >>> initial_reference("25946599093143")
    '205276342'
    """
    return str(100_000_000 + int(prm) * 2_654_435_761 % 2**61 % 399_999_989)

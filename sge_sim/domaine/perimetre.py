"""What changes in the contractual life of a point: the natures of its events, and its situations.

A supplier that has a GRD-F contract follows its C5 and C4 points by it: each change is an event of
a day, that an affaire led to (GUI 0300 v5.1.3, « Session type 1 » C5 02/2026; C12 guide 1.12.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from sge_sim.domaine.libelles import jour_releve

_Contractuelle = Literal["PMES", "MES", "RES", "CFNE", "CFNS", "MCT", "MDACT", "MDCTR"]
_Technique = Literal["MCF", "CMAT", "COU", "RET", "PHC", "MDPRM", "MDBRA", "AUTRE"]
NatureEvenement = Literal[_Contractuelle, _Technique]
TypeContractuel = Literal["CONTRAT", "TECHNIQUE"]
Initiateur = Literal["fournisseur", "enedis"]
"""Who asked for an affaire. Enedis' own, corrections included, are told in no X12 nor X13."""
EtatJalon = Literal["DMTR", "DMREC", "INPL", "CPRE", "CPNR"]
MotifRectif = Literal["CORR_IDX", "CONC_RLV", "DYSF_CPT", "DYSF_TO", "FRAUDE_C5"]
"""Why a reading is corrected, as R15 has it; a contract that is corrected has its own motive."""
CORRECTION_CONTRAT: Final = "CORR_CTRC5"


@dataclass(frozen=True)
class SorteEvenement:
    """What is known of a nature: its label, its type, the readings of a C15 (before, after: GUI
    0300 and files), the motive of its R15 ("" where it has no reading; PMES, PHC, MCF assumed).

    `ouvre` and `ferme`: it begins or ends a contractual situation, which has a reference.
    """

    libelle: str
    type: TypeContractuel
    avant: bool = False
    apres: bool = False
    motif: str = ""
    ouvre: bool = False
    ferme: bool = False


_C: Final = "CONTRAT"
_T: Final = "TECHNIQUE"
NATURES: Final[Mapping[NatureEvenement, SorteEvenement]] = {
    "PMES": SorteEvenement("première mise en service", _C, False, True, "PMES", True),
    "MES": SorteEvenement("mise en service", _C, False, True, "MES", True),
    "RES": SorteEvenement("résiliation", _C, True, False, "RES", False, True),
    "CFNE": SorteEvenement("changement de fournisseur", _C, False, True, "CFNE", True),
    "CFNS": SorteEvenement("départ du fournisseur", _C, True, False, "CFNS", False, True),
    "MCT": SorteEvenement("puissance ou formule modifiée", _C, True, True, "MCT"),
    "MCF": SorteEvenement("calendrier du fournisseur", _T, True, True, "MCT"),
    "CMAT": SorteEvenement("changement de matériel", _T, True, True, "CMAT"),
    "COU": SorteEvenement("coupure ou limitation", _T, True, False, "AUTRE"),
    "RET": SorteEvenement("rétablissement", _T, True, True, "AUTRE"),
    "PHC": SorteEvenement("heures creuses reprogrammées", _T, True, True, "AUTRE"),
    "MDPRM": SorteEvenement("modification du point", _T),
    "MDACT": SorteEvenement("modification du client", _C),
    "MDCTR": SorteEvenement("correction d'une donnée du contrat", _C),
    "MDBRA": SorteEvenement("modification du branchement", _T),
    "AUTRE": SorteEvenement("autre intervention", _T, False, False, "AUTRE"),
}
ETATS_AFFAIRE: Final[Mapping[EtatJalon, str]] = {
    **{"DMTR": "Demande transmise", "DMREC": "Demande recevable", "INPL": "Intervention planifiée"},
    **{"CPRE": "Close, prestation réalisée", "CPNR": "Close, prestation non réalisée"},
}
"""The milestones of an affaire, in their order, and their labels (X12; observed)."""


class Jalon(NamedTuple):
    """A milestone of an affaire, at its instant; `effet` is the legal day that it speaks of."""

    num: int
    instant: datetime
    effet: date
    etat: EtatJalon


class Acte(NamedTuple):
    """How a nature is asked for: its prestation, the first desired day (after the demand), what may
    be given with it, and what has to be."""

    prestation: str
    premier: int
    champs: tuple[str, ...] = ()
    requis: tuple[str, ...] = ()


DERNIER_JOUR: Final = 42
"""How many days after a demand it may wish to be carried out."""
SEGMENTS_SUIVIS: Final = ("C4", "C5")
"""Those of the points that a contract follows; in HTA (C1 to C3) none is."""
CLASSES_C4: Final = ("HPH", "HCH", "HPE", "HCE")
"""The classes of a C4's powers, which don't decrease from one to the next."""
_CLIENT: Final = ("titulaire", "categorie", "siret")
_TARIF: Final = ("puissance", "puissances", "fta", "calendrier")
_ENTREE: Final = (*_CLIENT, *_TARIF, "fournisseur")
ACTES: Final[Mapping[NatureEvenement, Acte]] = {
    "PMES": Acte("F100B", 0, _ENTREE),
    "MES": Acte("F120B", 0, _ENTREE),
    "CFNE": Acte("F130", 0, _ENTREE, ("fournisseur",)),
    "RES": Acte("F140B", 0),
    "MCT": Acte("F180", 0, _TARIF),
    "MCF": Acte("F180", 0, ("calendrier",), ("calendrier",)),
    "CMAT": Acte("F185B", 1, ("matricule",), ("matricule",)),
    "COU": Acte("F200B", 1, ("limite",)),
    "RET": Acte("F200B", 0),
    "MDPRM": Acte("", 0, ("niveau",)),
    "MDACT": Acte("M007", 0, _CLIENT),
    "MDCTR": Acte("", 0, _CLIENT),
    "MDBRA": Acte("F840B", 1),
    "AUTRE": Acte("F940B", 1),
}
"""What can be asked for, and when (« Session type 1 » C5; MDACT, MDBRA, AUTRE assumed). A CFNS
comes with its CFNE; a PHC is a change of off-peak hours. What has no prestation is Enedis' own. A
supplier's calendar changes where the meter is read, or what it counted before would be lost."""


def prestation_of(nature: NatureEvenement, segment: str, valeurs: Mapping[str, object]) -> str:
    """Return the prestation by which a point of a segment is asked a nature; `valeurs`: columns of
    the point. A C4 has its own (C12 guide, R17 guide; those that neither names are assumed)."""
    code = ACTES[nature].prestation
    if segment != "C4":
        return code
    if code == "F180":
        changes = {"fta": "F160", "puissance_souscrite": "F170"}
        return "+".join(each for column, each in changes.items() if column in valeurs) or code
    return code.replace("B", "A").replace("F940A", "F360")


CALENDRIERS_DISTRIBUTEUR: Final[Mapping[str, str]] = {
    **dict.fromkeys(("BTINFCUST", "BTINFMUST", "BTINFLU"), "DI000001"),
    "BTINFMUDT": "DI000002",
    **dict.fromkeys(("BTINFCU4", "BTINFMU4", "BTINFCU4ACC", "BTINFMU4ACC"), "DI000003"),
}
"""The distributor's calendar of a tariff (GUI 0300)."""
_COMPTEURS: Final = {"LINKY": "CCB", "EMC": "CFB", "SSCPT": "PSC", None: "PSC"}
COLONNES: Final[Mapping[str, str]] = {
    **{"etat": "etat_contractuel", "alimentation": "etat_alimentation", "siret": "siret"},
    **{"fournisseur": "fournisseur_titulaire", "titulaire": "nom_client_final", "fta": "fta"},
    **{"categorie": "categorie_client_final", "niveau": "niveau_ouverture_services"},
    **{"puissance": "puissance_souscrite", "puissances": "denivele_puissances"},
    **{"calendrier": "calendrier_fournisseur", "compteur": "type_comptage"},
    **{"heures_creuses": "heures_creuses_libelle"},
    **{"heures_creuses_basse": "heures_creuses_saison_basse", "plage_releve": "plage_releve"},
    **{"date_resiliation": "date_resiliation", "date_modification_fta": "date_modification_fta"},
    **{f"date_{sens}": f"date_{sens}_puissance" for sens in ("augmentation", "diminution")},
}
"""The columns of a point that a situation holds, by its own names."""


@dataclass(frozen=True)
class SituationContractuelle:
    """A point as a contract has it, from an event on.

    `reference` changes with each customer or supplier, `sequence` grows from 1 with each tariff or
    power. `date_mise_en_service` begins the reference, `date_sequence` the sequence. `puissance` in
    kVA, as is `puissance_limitation`; `puissances` by class (C4). `compteur`: code of
    `typeComptage`; `mode`: MONO or TRI.
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
    puissances: dict[str, int] | None = None

    @property
    def par_classe(self) -> dict[str, int]:
        """A C4's powers, by class: that of all where they aren't given."""
        return {each: (self.puissances or {}).get(each, self.puissance or 0) for each in CLASSES_C4}

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


@dataclass(frozen=True)
class PeriodeContractuelle:
    """A situation over the legal days [debut, fin); fin is None while it holds."""

    debut: date
    fin: date | None
    situation: SituationContractuelle


def initial_reference(prm: str) -> str:
    """Return the reference of a point's situation that no event opened: nine digits, lower than
    those that events are given (assumed: real ones have nine digits and no order that is told).

    >>> initial_reference("25946599093143")
    '205276342'
    """
    return str(100_000_000 + int(prm) * 2_654_435_761 % 2**61 % 399_999_989)


TAUX: Final[Mapping[NatureEvenement, float]] = {
    **{"RES": 0.02, "MES": 0.033, "CFNE": 0.018, "MCT": 0.14, "MCF": 0.1, "CMAT": 0.1},
    **{"MDPRM": 0.2, "MDACT": 0.1, "COU": 0.033},
}
"""What is drawn of a point in a year: .83 events, .053 terminations (a RES, or a MES of another
client) and .018 losses; the rest is assumed."""

"""The codes that rows may hold, as types: a wrong one is seen by the type checker; and who asks.

The labels of those that SGE transmits are in `sge_sim.domaine.libelles`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, get_args

Segment = Literal["C1", "C2", "C3", "C4", "C5", "P1", "P2", "P3", "P4"]
EtatContractuel = Literal["SERVC", "RESIL", "ECRES", "ECRAC", "IMPRO", "INACCE"]
EtatAlimentation = Literal["ALIM", "COUP", "LIMI", "NRAC", "NALI"]
DomaineTension = Literal["BTINF", "BTSUP", "HTA", "HTB"]
CategorieClientFinal = Literal["RES", "PRO"]
PuissanceUnite = Literal["kVA", "kW"]
OperationEnCours = Literal["MES", "CFN", "CTF"]
"""A contractual operation being worked out: commissioning, supplier change, tariff change."""

KindActeur = Literal["tiers", "fournisseur"]
TypeContrat = Literal["GRD-F", "ET"]
"""GRD-F binds a supplier to Enedis, ET (Enedis-Tiers) a service provider."""
Environment = Literal["homologation", "production"]
"""Which of the two platforms."""
ENVIRONMENTS: Final[tuple[Environment, ...]] = get_args(Environment)

PACKAGES: Final = ("consultation", "commande", "infrajournalier", "historique")
"""What is homologated as a whole (FAQ), in the order of Enedis' catalogue of test cases; written so
everywhere, and read in any case."""

EtatAffaire = Literal["transmise", "realisee", "non_realisee", "non_recevable"]
"""« Demande transmise », then closed: prestation réalisée, non réalisée, non recevable."""
TypeService = Literal["CCDC", "TRANSREC", "OPPENR", "ACCES"]
EtatService = Literal["DEMANDE", "ACTIF", "TERMINE"]
MesuresType = Literal["CDC", "IDX"]
"""CDC: the load curve; IDX: the daily index and what is read with it."""
Sens = Literal["SOUTIRAGE", "INJECTION"]
AUTRE_SENS: Final[Mapping[Sens, Sens]] = MappingProxyType(
    {"SOUTIRAGE": "INJECTION", "INJECTION": "SOUTIRAGE"}
)
METIERS: Final[Mapping[Sens, str]] = MappingProxyType({"SOUTIRAGE": "CONS", "INJECTION": "PROD"})
"""The business quantity of each direction, as measures are headed."""
MotifFin = Literal[
    "echeance",
    "arret",
    "prolongation",
    "resiliation",
    "changement_titulaire",
    "nouveau_fournisseur",
    "retrait",
    "opposition",
    "levee_opposition",
    "non_realisation",
]
"""Why a service ended; `sge_sim.domaine.libelles.MOTIFS_FIN` has the words."""
TypeEvenement = Literal[
    "resiliation",
    "changement_titulaire",
    "nouveau_fournisseur",
    "opposition",
    "levee_opposition",
    "programmation_hc",
    "reforme_hc",
    "contractuel",
]
"""What may happen to a point by itself, without an order of SGE.

Its off-peak hours change because a tester says so, or by the reform, whose operation may fail.
"""

CodeFlux = str
"""The kind of a file, as `R63`: `sge_sim.flux.registry` knows them all."""
CadreAcces = Literal["ACCORD_CLIENT", "SERVICE_ACCES", "EST_TITULAIRE"]
"""By what right data are asked for."""
FormatM023 = Literal["JSON", "CSV", "ZIP"]
"""A company has JSON bare, or zipped; others always have it zipped."""
TypeCanal = Literal["dossier", "ftp", "sftp"]
AlgorithmeFlux = Literal["aucun", "aes128", "aes256"]
EtatFichier = Literal["a_livrer", "livre", "echec"]

CoteCalendrier = Literal["distributeur", "fournisseur"]
"""Whose calendar: each has its own registers."""
TypeAcces = Literal["ENERGIE", "COURBE", "PMAX", "INDEX"]
"""What an access service covers, as ConsultationMesuresDetaillees v3 names types of measures."""
TYPES_ACCES: Final[tuple[TypeAcces, ...]] = get_args(TypeAcces)
TypeServiceAcces = TypeAcces | Literal["ITC"]
"""The kinds of access services: those of measures, and technical and contractual information,
which a consent of Data Connect opens."""
DONNEES_ACCES: Final[dict[TypeServiceAcces, str]] = {
    "ENERGIE": "ENERGIE",
    "COURBE": "CDC",
    "PMAX": "PMAX",
    "INDEX": "IDX",
    "ITC": "ITC",
}
"""The same, as the services that order and list access services do (GUI 0498)."""

ModeApplication = Literal["production", "bac_a_sable"]
"""Whether an application of Data Connect asks for real customers, or for those of the sandbox."""
RoleDatahub = Literal["technique", "contractuel", "representant"]
"""Technical contact, contractual contact, legal representative (FAQ)."""
ServiceDatahub = Literal["fds", "autre"]
"""The service of a contract or an application: that of service providers, or another."""
KeyType = Literal["p256", "p384", "rsa2048", "rsa3072", "rsa4096", "ed25519"]
KEY_TYPES: Final[tuple[KeyType, ...]] = get_args(KeyType)
Usages = Literal["clientauth", "serverauth", "any", "aucun"]
"""What the extended key use of a certificate says; « aucun »: it has no such extension."""

KindEchange = Literal["soap", "rest", "handshake", "http", "flux"]
Origine = Literal["client", "passage", "rejeu", "doctor"]
"""Who made a call: the tester's client, or sge-sim itself, which runs a case, makes an exchange
again, or looks for what would stop a client."""
ORIGINES: Final[tuple[Origine, ...]] = get_args(Origine)
KindClock = Literal["real", "shifted", "frozen"]

# ECRES is « En service, en cours de résiliation »: its label puts it among the points in service.
ETATS_EN_SERVICE: Final = frozenset[EtatContractuel]({"SERVC", "ECRES"})
ETATS_HORS_SERVICE: Final = frozenset[EtatContractuel]({"RESIL", "ECRAC", "IMPRO", "INACCE"})
ETATS_SANS_ALIMENTATION: Final = frozenset[EtatAlimentation]({"COUP", "NALI", "NRAC"})

GRANDS_CONSOMMATEURS: Final = frozenset[Segment]({"C1", "C2", "C3", "C4"})
GRANDS_PRODUCTEURS: Final = frozenset[Segment]({"P1", "P2", "P3"})
PRODUCTEURS: Final = GRANDS_PRODUCTEURS | {"P4"}
GRANDS: Final = GRANDS_CONSOMMATEURS | GRANDS_PRODUCTEURS
"""Points of more than 36 kVA."""
PETITS: Final = frozenset[Segment]({"C5", "P4"})
"""Points of 36 kVA and less: their meter is of the Linky kind."""

SENS_OF_SEGMENT: Final[Mapping[Segment, Sens]] = MappingProxyType(
    {segment: "INJECTION" if segment in PRODUCTEURS else "SOUTIRAGE" for segment in GRANDS | PETITS}
)
"""The direction of the contract of a point: what P1 to P4 produce is injected."""

COMPTEURS_TELERELEVES: Final = frozenset({"ICE", "ICE4Q", "PMEI", "SAPHIR"})
"""The types of meters of large points that are read from afar."""

CONTRAT_OF_KIND: Final[Mapping[KindActeur, TypeContrat]] = MappingProxyType(
    {"tiers": "ET", "fournisseur": "GRD-F"}
)
"""The contract that binds each kind of actor."""


Provenance = Literal["documented", "observed", "assumed"]
"""A document says it; the real platform was seen to do it; neither, but it had to be decided."""

PROVENANCES: Final[tuple[Provenance, ...]] = get_args(Provenance)

_PROVENANCES_IN_FRENCH: Final = {
    "documented": "documenté",
    "observed": "observé",
    "assumed": "supposé",
}


def in_french(provenance: str) -> str:
    """Return the French word for a provenance."""
    return _PROVENANCES_IN_FRENCH[provenance]


class Demandeur(NamedTuple):
    """The market actor that presents the client certificate, whatever login it writes."""

    code: str
    kind: KindActeur

"""The codes that rows may hold, as types: a wrong one is seen by the type checker.

The labels of those that SGE transmits are in `sge_sim.referentiel.libelles`.
"""

from typing import Final, Literal

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
Paquet = Literal["Consultation", "Commande", "InfraJournalier", "Historique"]
"""What is homologated as a whole (FAQ)."""
Environnement = Literal["homologation", "production"]

KindEchange = Literal["soap", "handshake", "http"]
KindHorloge = Literal["real", "shifted", "frozen"]

# ECRES is « En service, en cours de résiliation »: its label puts it among the points in service.
ETATS_EN_SERVICE: Final = frozenset[EtatContractuel]({"SERVC", "ECRES"})
ETATS_HORS_SERVICE: Final = frozenset[EtatContractuel]({"RESIL", "ECRAC", "IMPRO", "INACCE"})

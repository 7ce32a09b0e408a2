"""The rules about who asks, and whether the point exists, shared by the services.

The login and the contract of the message are compared with the actor whose certificate came: the
platform knows the actor from the connection, the user and the contract from the message (common
guide; mapping of the codes assumed). In production the actor has obtained the package of the
service.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.refus import rule
from sge_sim.tables.acteur_facts import ActeurFacts, ContratFacts, UtilisateurFacts
from sge_sim.tables.point_facts import PointFacts

_FAQ: Final = "homologation par package entier : FAQ"
_REMEDE: Final = (
    "un acteur homologué en production pour le package de ce service "
    "(sge-sim acteurs grant le donne)"
)


@dataclass(frozen=True)
class Appelant:
    """Who calls a service of `package` in production; the actor is None where it isn't known."""

    acteur: ActeurFacts | None
    package: str


@rule("SGT483", source=f"AX.0466 v1.5.0 ; {_FAQ}", provenance="documented", remede=_REMEDE)
def package_obtenu(appelant: Appelant) -> bool:
    """In production, the calling actor is homologated for the package of the service."""
    acteur = appelant.acteur
    return acteur is not None and acteur.is_homologated(appelant.package, "production")


PACKAGE_SGT402: Final = package_obtenu.as_in(
    f"{_FAQ} ; ce service ne liste pas SGT483, et répond ainsi d'un utilisateur sans droit",
    "assumed",
    "SGT402",
)
"""For the services that answer a user without the right by that code."""
PACKAGE_SUPPOSE: Final = package_obtenu.as_in(
    f"{_FAQ} ; sa documentation ne liste pas ce code : supposé", "assumed"
)
"""For the services whose documentation doesn't list SGT483."""


@dataclass(frozen=True)
class Acces:
    """Who calls which service: the actor of the certificate, the user and contract of the message.

    `utilisateur` and `contrat` are None where they aren't known; so is the contract of a service
    that asks for none. `jour` is the legal date of the call.
    """

    demandeur: Demandeur
    utilisateur: UtilisateurFacts | None
    contrat: ContratFacts | None
    service: str
    jour: date


class AvecAcces(Protocol):
    """A demand with who asks."""

    @property
    def acces(self) -> Acces: ...


class AvecPoint(Protocol):
    """A demand about a point, None where SGE doesn't know it."""

    @property
    def point(self) -> PointFacts | None: ...


@rule(
    "SGT401",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="le PRM d'un point du jeu de données (sge-sim points list les donne)",
    indispensable=True,
)
def point_connu(demande: AvecPoint) -> bool:
    """The point exists."""
    return demande.point is not None


@rule(
    "SGT504",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un login connu de SGE (sge-sim acteurs list les donne)",
)
def utilisateur_connu(demande: AvecAcces) -> bool:
    """The login is that of a user of SGE."""
    return demande.acces.utilisateur is not None


@rule(
    "SGT502",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="le login d'un utilisateur de l'acteur dont le certificat est présenté",
)
def utilisateur_de_l_acteur(demande: AvecAcces) -> bool:
    """The user belongs to the market actor from which the call comes."""
    acces = demande.acces
    utilisateur = acces.utilisateur
    return utilisateur is None or utilisateur.acteur.code == acces.demandeur.code


@rule(
    "SGT483",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un utilisateur qui a le droit d'appeler ce service",
)
def utilisateur_habilite(demande: AvecAcces) -> bool:
    """The user may call the service."""
    acces = demande.acces
    return acces.utilisateur is not None and acces.utilisateur.may_call(acces.service)


USER_RULES = (utilisateur_connu, utilisateur_de_l_acteur, utilisateur_habilite)


@rule(
    "SGT471",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un contrat connu de SGE (sge-sim acteurs list les donne)",
    indispensable=True,
)
def contrat_connu(demande: AvecAcces) -> bool:
    """The contract is known to SGE."""
    return demande.acces.contrat is not None


@rule(
    "SGT472",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un contrat de l'acteur dont le certificat est présenté",
)
def contrat_de_l_acteur(demande: AvecAcces) -> bool:
    """The contract is the calling actor's own."""
    contrat = demande.acces.contrat
    return contrat is None or contrat.acteur_code == demande.acces.demandeur.code


@rule(
    "SGT473",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un contrat en cours à la date de l'appel (sge-sim acteurs list donne les dates)",
)
def contrat_actif(demande: AvecAcces) -> bool:
    """The contract runs on the day of the call, its first and last days included."""
    contrat = demande.acces.contrat
    return contrat is None or contrat.is_active(demande.acces.jour)


CONTRACT_RULES = (contrat_connu, contrat_de_l_acteur, contrat_actif)

"""Rules that the services that take orders have in common."""

from typing import Protocol

from sge_sim.services.acces import Acces, utilisateur_sans_droit
from sge_sim.services.rule import rule
from sge_sim.store.points import Point


@rule(
    "SGT402",
    source="AX.0466 v1.5.0 ; ces services ne listent pas SGT483",
    provenance="assumed",
    remede="le login d'un utilisateur de l'acteur appelant, qui a droit à ce service ; en "
    "production, un acteur homologué pour son paquet",
)
def demandeur_sans_droit(acces: Acces) -> bool:
    """The user is the calling actor's and has the right to order."""
    utilisateur = acces.utilisateur
    stranger = utilisateur is not None and utilisateur.acteur_code != acces.acteur_code
    return stranger or utilisateur_sans_droit.broken(acces)


class SurPoint(Protocol):
    """What the rules about the point of an order look at."""

    @property
    def point(self) -> Point | None: ...
    @property
    def known_point(self) -> Point: ...


@rule(
    "SGT402",
    source="AX.0466 v1.5.0, qui n'a pas de code pour un point inconnu ici",
    provenance="assumed",
    remede="le PRM d'un point du jeu de données (sge-sim points list les donne)",
)
def point_inconnu(demande: SurPoint) -> bool:
    """The point exists."""
    return demande.point is None


@rule(
    "SGT4M7",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point hors d'un regroupement TURPE",
)
def regroupement_turpe(demande: SurPoint) -> bool:
    """The point isn't part of a TURPE grouping."""
    return demande.known_point.groupement_turpe


@rule(
    "SGT445",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point en fourniture définitive",
)
def fourniture_provisoire(demande: SurPoint) -> bool:
    """The supply isn't provisional."""
    return demande.known_point.provisoire

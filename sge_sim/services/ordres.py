"""An order on a point, and the rules that the services that take orders have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from sge_sim.refus import hold, rule
from sge_sim.services.acces import (
    Acces,
    AvecAcces,
    point_connu,
    utilisateur_de_l_acteur,
    utilisateur_habilite,
)
from sge_sim.tables.point_facts import PointFacts, ServiceFacts


@rule(
    "SGT402",
    source="AX.0466 v1.5.0 ; ces services ne listent pas SGT483",
    provenance="assumed",
    remede="le login d'un utilisateur de l'acteur appelant, qui a droit à ce service",
)
def demandeur_habilite(demande: AvecAcces) -> bool:
    """The user is the calling actor's and has the right to order."""
    return hold((utilisateur_de_l_acteur, utilisateur_habilite), demande)


@dataclass(frozen=True)
class Ordre:
    """An order on a point: who places it, and the point it names."""

    acces: Acces
    point: PointFacts | None

    @cached_property
    def known_point(self) -> PointFacts:
        """The point, for the rules that stand behind the one that wants it."""
        assert self.point is not None
        return self.point


POINT_SGT402 = point_connu.as_in(
    "AX.0466 v1.5.0, qui n'a pas de code pour un point inconnu ici", "assumed", "SGT402"
)


@rule(
    "SGT4M7",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point hors d'un regroupement TURPE",
)
def hors_regroupement_turpe(demande: Ordre) -> bool:
    """The point isn't part of a TURPE grouping."""
    return not demande.known_point.groupement_turpe


@rule(
    "SGT445",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point en fourniture définitive",
)
def fourniture_definitive(demande: Ordre) -> bool:
    """The supply isn't provisional."""
    return not demande.known_point.provisoire


@rule(
    "SGT4B2", source="AX.0466 v1.5.0", provenance="documented", remede="un point alimenté ou limité"
)
def point_alimente(demande: Ordre) -> bool:
    """The point is supplied; a limited supply is one."""
    point = demande.known_point
    return point.alimente or not point.en_service


class AvecServices(Protocol):
    """An order about services that exist."""

    @property
    def connus(self) -> Sequence[ServiceFacts]: ...


@rule(
    "SGT4O6",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="rien : l'opposition du client arrête déjà ce service",
)
def sans_opposition_en_cours(demande: AvecServices) -> bool:
    """No opposition is stopping the services."""
    return not any(
        service.etat == "ACTIF" and service.motif_fin == "opposition" for service in demande.connus
    )


@rule(
    "SGT4O5",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="rien : l'arrêt demandé s'achève quand le compteur est joint (sge-sim clock advance)",
)
def sans_arret_en_cours(demande: AvecServices) -> bool:
    """The services aren't being stopped already."""
    return not any(
        service.etat == "ACTIF" and service.motif_fin is not None for service in demande.connus
    )

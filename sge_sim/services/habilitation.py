"""The gate before every service: its package was obtained by the actor that calls (FAQ).

A package is homologated as a whole, so that no service of it answers an actor that hasn't it. In
production alone: homologation is where it is obtained. The gate is one for all services; each
declares the code of its refusal (`Service.habilitation`).
"""

from dataclasses import dataclass
from typing import Final

from sge_sim.refus import Control
from sge_sim.tables.fiches_acteurs import FicheActeur

_FAQ: Final = "homologation par paquet entier : FAQ"
_REMEDE: Final = (
    "un acteur homologué en production pour le paquet de ce service "
    "(sge-sim acteurs habiliter le donne)"
)


@dataclass(frozen=True)
class Appelant:
    """Who calls a service of `paquet` in production; the actor is None where it isn't known."""

    acteur: FicheActeur | None
    paquet: str


def paquet_obtenu(appelant: Appelant) -> bool:
    """In production, the calling actor is homologated for the package of the service."""
    acteur = appelant.acteur
    return acteur is not None and acteur.is_homologated(appelant.paquet, "production")


PAQUET_SGT483: Final = Control(
    "paquet_obtenu", "SGT483", f"AX.0466 v1.5.0 ; {_FAQ}", "documented", _REMEDE, paquet_obtenu
)
"""Of the services that list SGT483."""
PAQUET_SGT402: Final = Control(
    "paquet_obtenu",
    "SGT402",
    f"{_FAQ} ; ce service ne liste pas SGT483, et répond ainsi d'un utilisateur sans droit",
    "assumed",
    _REMEDE,
    paquet_obtenu,
)
"""Of those that refuse so a user without the right."""
PAQUET_SUPPOSE: Final = Control(
    "paquet_obtenu",
    "SGT483",
    f"{_FAQ} ; sa documentation ne liste pas ce code : supposé",
    "assumed",
    _REMEDE,
    paquet_obtenu,
)
"""Of the others."""

"""The gate before every service: its package was obtained by the actor that calls (FAQ).

A package is homologated as a whole, so that no service of it answers an actor that hasn't it. In
production alone: homologation is where it is obtained. The gate is one for all services; each
declares the code of its refusal (`Service.habilitation`).
"""

from dataclasses import dataclass
from typing import Final

from sge_sim.refus import Control
from sge_sim.tables.acteur_facts import ActeurFacts

_FAQ: Final = "homologation par package entier : FAQ"
_REMEDE: Final = (
    "un acteur homologué en production pour le package de ce service "
    "(sge-sim acteurs habiliter le donne)"
)


@dataclass(frozen=True)
class Appelant:
    """Who calls a service of `package` in production; the actor is None where it isn't known."""

    acteur: ActeurFacts | None
    package: str


def package_obtenu(appelant: Appelant) -> bool:
    """In production, the calling actor is homologated for the package of the service."""
    acteur = appelant.acteur
    return acteur is not None and acteur.is_homologated(appelant.package, "production")


PACKAGE_SGT483: Final = Control(
    "package_obtenu", "SGT483", f"AX.0466 v1.5.0 ; {_FAQ}", "documented", _REMEDE, package_obtenu
)
"""Of the services that list SGT483."""
PACKAGE_SGT402: Final = Control(
    "package_obtenu",
    "SGT402",
    f"{_FAQ} ; ce service ne liste pas SGT483, et répond ainsi d'un utilisateur sans droit",
    "assumed",
    _REMEDE,
    package_obtenu,
)
"""Of those that refuse so a user without the right."""
PACKAGE_SUPPOSE: Final = Control(
    "package_obtenu",
    "SGT483",
    f"{_FAQ} ; sa documentation ne liste pas ce code : supposé",
    "assumed",
    _REMEDE,
    package_obtenu,
)
"""Of the others."""

"""What both searches of the services of a point have in common.

An actor sees its own services; the opposition of the client of a C5 is seen by every actor.
"""

from collections.abc import Sequence
from typing import Any, Final

from sge_sim.domaine.demandeur import Demandeur
from sge_sim.domaine.libelles import MOTIFS
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.soap.protocol import Tree
from sge_sim.tables.fiches import Faits, FicheService

CODES_RECHERCHE: Final = ("SGT200", "SGT471", "SGT472", "SGT500", "SGT502", "SGT504", "SGT562")

_MAX_SERVICES: Final = 200


def asks_recherche(body: Tree, _demandeur: Demandeur) -> dict[str, Any]:
    """Name what a search asks of the state: the point, its services, the user and the contract."""
    criteres = body["criteres"]
    return {
        "prm": criteres["pointId"],
        "services_of": criteres["pointId"],
        "login": body["loginUtilisateur"],
        "contrat_id": criteres["contratId"],
    }


def visible_services(faits: Faits, contrat_id: str) -> Sequence[FicheService]:
    """Return the services of the contract, and the opposition of a C5; none of an unknown point.

    Of more than 200, the oldest are left out (the bound is the schema's, the choice assumed).
    """
    point = faits.point
    if point is None:
        return ()
    return [
        one
        for one in faits.services
        if one.contrat_id == contrat_id or (one.type == "OPPENR" and point.segment == "C5")
    ][-_MAX_SERVICES:]


def mesures_of(service: FicheService) -> str | None:
    """Return what is collected, sent or, for an access service, covered (GUI 0498)."""
    return DONNEES_ACCES[service.acces_type] if service.acces_type else service.mesures_type


def motif_of(service: FicheService) -> str | None:
    """Return why the service ended; a service that is being stopped doesn't tell it yet."""
    if service.etat != "TERMINE" or service.motif_fin is None:
        return None
    return MOTIFS[service.motif_fin]

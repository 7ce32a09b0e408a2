"""What both searches of the services of a point have in common.

An actor sees its own services; the opposition of the client of a C5 is seen by every actor.
"""

from collections.abc import Sequence
from typing import Final

from sge_sim.domaine.libelles import MOTIFS_FIN
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.services.acces import RechercheServices
from sge_sim.services.reading import acces_of
from sge_sim.services.service import Appel, Service
from sge_sim.tables.point_facts import Faits, ServiceFacts

CODES_RECHERCHE: Final = ("SGT200", "SGT471", "SGT472", "SGT500", "SGT502", "SGT504", "SGT562")

_MAX_SERVICES: Final = 200


def read_recherche(appel: Appel, service: Service) -> tuple[RechercheServices, Faits]:
    """Return a search and what there is, with the states as they are at the instant of the call."""
    criteres = appel.body["criteres"]
    appel.catch_up()
    faits = appel.lire(
        prm=criteres["pointId"],
        services_of=criteres["pointId"],
        login=appel.body["loginUtilisateur"],
        contrat_id=criteres["contratId"],
    )
    return RechercheServices(acces_of(appel, service, faits)), faits


def visible_services(faits: Faits, contrat_id: str) -> Sequence[ServiceFacts]:
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


def mesures_of(service: ServiceFacts) -> str | None:
    """Return what is collected, sent or, for an access service, covered (GUI 0498)."""
    return DONNEES_ACCES[service.acces_type] if service.acces_type else service.mesures_type


def motif_of(service: ServiceFacts) -> str | None:
    """Return why the service ended; a service that is being stopped doesn't tell it yet."""
    if service.etat != "TERMINE" or service.motif_fin is None:
        return None
    return MOTIFS_FIN[service.motif_fin]

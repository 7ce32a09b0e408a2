"""`/api/points`: what is known of a point, and what its measures depend on."""

from datetime import date
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import Field

from sge_sim.admin.routes import AdminState, Body
from sge_sim.commandes.changements import Changements, change_life
from sge_sim.commandes.echeances import transaction_on
from sge_sim.domaine.nomenclatures import TypeAcces
from sge_sim.facts.stored_clock import instant_within
from sge_sim.referentiel.points import describe_point, get_point
from sge_sim.referentiel.reglages import Reglages, change_point

_SERVICES: Final = 1000


class ReglagesPoint(Body):
    """Changes of a point; what isn't sent stays as it is."""

    service_acces: bool | None = Field(
        None, description="Ouvrir ou retirer les services d'accès, pour tous les acteurs"
    )
    acces_periode: str | None = Field(
        None,
        description="Jours qu'ils couvrent ; tout ce qui peut être consulté sans elle",
        examples=["2025-03-01", "2025-03-01..2028-03-01"],
    )
    type: TypeAcces | None = Field(None, description="Ce que couvre le service ; tout sans lui")
    jours_absents: str | None = Field(None, examples=["2025-03-01..2025-03-04", "aucun"])
    points_absents: str | None = Field(None, examples=["2025-03-01T08:00..2025-03-01T10:00"])
    teleoperable: bool | None = Field(None, description="Rendre le compteur joignable ou non")
    r4x_pas: Literal[5, 10] | None = Field(
        None, description="Pas en minutes du flux R4x, depuis mars 2023 (C1-C4, P1-P3)"
    )
    collecte: str | None = Field(None, examples=["2025-03-01", "2025-03-01..2025-06-01", "aucun"])


class ViePoint(Body):
    """What happens to a point; what isn't sent doesn't happen."""

    resilie: date | Literal["aucun"] | None = Field(
        None,
        description="Jour de la résiliation, aujourd'hui ou après ; « aucun » annule celle qui est "
        "prévue",
    )
    nouveau_titulaire: date | None = Field(None, description="Jour de l'arrivée d'un autre client")
    opposition: bool | None = Field(
        None, description="Le client s'oppose à sa courbe, ou lève son opposition"
    )


def router(state: AdminState) -> APIRouter:
    """Return the routes of the points."""
    routes = APIRouter(prefix="/api/points", tags=["points"])

    @routes.get(
        "/{prm}",
        summary="Tout ce qui est connu d'un point",
        description=f"Des services souscrits, les {_SERVICES} derniers.",
    )
    def read_point(prm: str) -> dict[str, Any]:
        with state.database.sessions() as session:
            known = describe_point(session, prm)
        if len(known.get("services", ())) > _SERVICES:
            known["services"] = known["services"][-_SERVICES:]
        return known

    @routes.post("/{prm}", summary="Régler les mesures d'un point et ses services d'accès")
    def set_point(prm: str, reglages: ReglagesPoint) -> dict[str, Any]:
        with state.database.transaction() as session:
            today = instant_within(session).date()
            change_point(session, prm, Reglages(**reglages.model_dump()), today)
            return describe_point(session, prm)

    @routes.post("/{prm}/vie", summary="Faire arriver quelque chose à un point")
    def change_point_life(prm: str, vie: ViePoint) -> dict[str, Any]:
        with transaction_on(state.database, prm) as (session, now, _):
            change_life(session, get_point(session, prm), Changements(**vie.model_dump()), now)
            return describe_point(session, prm)

    return routes

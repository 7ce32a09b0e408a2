"""`/api/acteurs`: the actors, their logins, contracts and homologations."""

from datetime import date

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session

from sge_sim.admin.routes import AdminState, Body
from sge_sim.api.acteurs import ActeurView, view_acteurs
from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import Environment, KindActeur
from sge_sim.referentiel.acteurs import (
    add_contrat,
    add_login,
    create_acteur,
    get_acteur,
    habiliter,
)


class NewActeur(Body):
    """An actor to create."""

    code: str = Field(description="Lettres et chiffres, 20 au plus")
    nom: str
    kind: KindActeur = "tiers"


class NewLogin(Body):
    """A user to add, or whose services change."""

    login: str
    services: list[str] | None = Field(None, description="Services permis ; tous si null")


class NewContrat(Body):
    """A contract to add, or whose dates change; its type follows from the actor's kind."""

    contrat_id: str
    date_debut: date
    date_fin: date | None = Field(None, description="Dernier jour ; sans fin si null")


class NewHabilitation(Body):
    """A package that the actor is homologated for."""

    package: str
    environnement: Environment
    retirer: bool = Field(False, description="Retirer l'habilitation au lieu de la donner")


def router(state: AdminState) -> APIRouter:
    """Return the routes of the actors."""
    routes = APIRouter(prefix="/api/acteurs", tags=["acteurs"])

    @routes.get("", summary="Les acteurs et ce qui leur appartient")
    def read_acteurs() -> list[ActeurView]:
        with state.database.sessions() as session:
            return view_acteurs(session, machine_now())

    @routes.post("", status_code=201, summary="Créer un acteur")
    def create(new: NewActeur) -> ActeurView:
        with state.database.transaction() as session:
            create_acteur(session, new.code, new.nom, new.kind)
            return _view(session, new.code)

    @routes.post("/{code}/logins", summary="Ajouter un utilisateur ou changer ses services")
    def put_login(code: str, new: NewLogin) -> ActeurView:
        with state.database.transaction() as session:
            add_login(session, code, new.login, new.services)
            return _view(session, code)

    @routes.post("/{code}/contrats", summary="Ajouter un contrat ou changer ses dates")
    def put_contrat(code: str, new: NewContrat) -> ActeurView:
        with state.database.transaction() as session:
            add_contrat(session, code, new.contrat_id, new.date_debut, new.date_fin)
            return _view(session, code)

    @routes.post("/{code}/habilitations", summary="Habiliter l'acteur pour un package")
    def put_habilitation(code: str, new: NewHabilitation) -> ActeurView:
        with state.database.transaction() as session:
            habiliter(session, code, new.package, new.environnement, retirer=new.retirer)
            return _view(session, code)

    return routes


def _view(session: Session, code: str) -> ActeurView:
    session.expire_all()
    acteur = get_acteur(session, code)
    return next(one for one in view_acteurs(session, machine_now()) if one.code == acteur.code)

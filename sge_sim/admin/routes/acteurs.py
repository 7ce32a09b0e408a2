"""Actors, and who gives rights in SGE: `/api/acteurs`, `/api/habilitateurs`, and their page."""

from collections.abc import Callable
from datetime import date
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, Body, following
from sge_sim.admin.routes.forms import TypedForm, write
from sge_sim.admin.routes.listes import PAR_PAGES, AskedPage
from sge_sim.api.acteurs import ActeurView, view_acteurs
from sge_sim.clock import machine_now, parse_day
from sge_sim.domaine.nomenclatures import ENVIRONMENTS, PACKAGES, Environment, KindActeur
from sge_sim.referentiel.acteurs import (
    add_contrat,
    add_login,
    create_acteur,
    habiliter,
    set_password,
)
from sge_sim.tables.acteurs import get_acteur


class NewActeur(Body):
    """An actor to create."""

    code: str = Field(description="Lettres et chiffres, 20 au plus")
    nom: str
    kind: KindActeur = "tiers"


class NewLogin(Body):
    """A user to add, or whose services change."""

    login: str
    services: list[str] | None = Field(None, description="Services permis ; tous si null")
    mot_de_passe: str | None = Field(
        None, description="Celui de HTTP Basic, gardé haché ; null n'y change rien"
    )


class NewContrat(Body):
    """A contract to add, or whose dates change; its type follows from the actor's kind."""

    contrat_id: str
    date_debut: date
    date_fin: date | None = Field(None, description="Dernier jour ; sans fin si null")


class NewHabilitation(Body):
    """A package that the actor is homologated for."""

    package: str
    environnement: Environment


def rest_routes(state: AdminState) -> APIRouter:
    """Return the routes of the actors."""
    routes = APIRouter(prefix="/api/acteurs", tags=["acteurs"])

    def changed(code: str, change: Callable[[Session], object]) -> ActeurView:
        with state.database.transaction() as session:
            change(session)
            return _view(session, code)

    @routes.get(
        "",
        summary="Les acteurs et ce qui leur appartient",
        description=PAR_PAGES,
        response_model=list[ActeurView],
    )
    def read_acteurs(page: AskedPage) -> Response:
        with state.database.sessions() as session:
            views = view_acteurs(session, machine_now())
        return page.of(views, lambda each: each.code)

    @routes.get("/{code}", summary="Un acteur et ce qui lui appartient")
    def read_acteur(code: str) -> ActeurView:
        with state.database.sessions() as session:
            return _view(session, code)

    @routes.post("", status_code=201, summary="Créer un acteur")
    def create(new: NewActeur) -> ActeurView:
        return changed(
            new.code, lambda session: create_acteur(session, new.code, new.nom, new.kind)
        )

    @routes.post("/{code}/logins", summary="Ajouter un utilisateur ou changer ses services")
    def put_login(code: str, new: NewLogin) -> ActeurView:
        with state.database.transaction() as session:
            add_login(session, code, new.login, new.services)
            if new.mot_de_passe is not None:
                set_password(session, new.login, new.mot_de_passe)
            return _view(session, code)

    @routes.post("/{code}/contrats", summary="Ajouter un contrat ou changer ses dates")
    def put_contrat(code: str, new: NewContrat) -> ActeurView:
        return changed(
            code,
            lambda session: add_contrat(
                session, code, new.contrat_id, new.date_debut, new.date_fin
            ),
        )

    @routes.post("/{code}/habilitations", summary="Habiliter l'acteur pour un package")
    def put_habilitation(code: str, new: NewHabilitation) -> ActeurView:
        return changed(
            code, lambda session: habiliter(session, code, new.package, new.environnement)
        )

    @routes.delete(
        "/{code}/habilitations/{environnement}/{package}",
        status_code=204,
        summary="Retirer l'habilitation d'un acteur pour un package",
    )
    def remove_habilitation(code: str, environnement: Environment, package: str) -> None:
        with state.database.transaction() as session:
            habiliter(session, code, package, environnement, retirer=True)

    return routes


def _view(session: Session, code: str) -> ActeurView:
    session.expire_all()
    acteur = get_acteur(session, code)
    return next(view for view in view_acteurs(session, machine_now()) if view.code == acteur.code)


_SHOWN: Final = 15


def page_routes(state: AdminState) -> APIRouter:
    """Return the page of the actors and its forms."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/acteurs")
    def show_acteurs(request: Request, apres: str = "") -> Response:
        with state.database.sessions() as session:
            acteurs = [each for each in view_acteurs(session, machine_now()) if each.code > apres]
        shown = acteurs[:_SHOWN]
        return pages.render(
            state,
            request,
            "acteurs.html",
            acteurs=shown,
            suite=following(request, apres=shown[-1].code) if len(acteurs) > _SHOWN else None,
            packages=PACKAGES,
            environnements=ENVIRONMENTS,
        )

    @routes.post("/acteurs")
    def make_acteur(request: Request, form: TypedForm) -> Response:
        code = form.get("code")

        def make(session: Session) -> str:
            create_acteur(session, code, form.get("nom"), form.one_of("kind", KindActeur))
            return f"L'acteur {code} est créé : lui donner un login, un contrat, un certificat."

        return write(request, state.database, "/acteurs", make)

    @routes.post("/acteurs/{code}/login")
    def put_login(request: Request, code: str, form: TypedForm) -> Response:
        login, services = form.get("login"), form.get("services").replace(",", " ").split()

        def put(session: Session) -> str:
            add_login(session, code, login, services or None)
            which = ", ".join(services) or "tous les services"
            return f"{login} appelle pour {code} : {which}."

        return write(request, state.database, f"/acteurs#{code}", put)

    @routes.post("/acteurs/{code}/contrat")
    def put_contrat(request: Request, code: str, form: TypedForm) -> Response:
        number, last = form.get("contrat_id"), form.get("date_fin")

        def put(session: Session) -> str:
            first = parse_day(form.get("date_debut"))
            add_contrat(session, code, number, first, parse_day(last) if last else None)
            return f"Le contrat {number} de {code} est enregistré."

        return write(request, state.database, f"/acteurs#{code}", put)

    @routes.post("/acteurs/{code}/habilitation")
    def put_habilitation(request: Request, code: str, form: TypedForm) -> Response:
        package, taken = form.get("package"), form.get("faire") == "retirer"

        def put(session: Session) -> str:
            environment = form.one_of("environnement", ENVIRONMENTS)
            nom = habiliter(session, code, package, environment, retirer=taken)
            verb = "n'est plus" if taken else "est"
            return f"{code} {verb} habilité pour {nom} en {environment}."

        return write(request, state.database, f"/acteurs#{code}", put)

    return routes

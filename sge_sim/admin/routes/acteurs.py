"""Actors: `/api/acteurs`, and the pages of actors and of their certificates."""

from datetime import date
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, Body, following
from sge_sim.admin.routes.certificats import inspect_pem
from sge_sim.admin.routes.forms import Form, read_form
from sge_sim.admin.routes.listes import PAR_PAGES, UnMorceau
from sge_sim.api.acteurs import ActeurView, view_acteurs, view_certificats
from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.jours_ouvres import working_days_between
from sge_sim.domaine.nomenclatures import PACKAGES, Environment, KindActeur
from sge_sim.errors import UsageError
from sge_sim.pki.rendering import render_inspection
from sge_sim.referentiel.acteurs import (
    add_contrat,
    add_login,
    create_acteur,
    get_acteur,
    habiliter,
    set_password,
)
from sge_sim.tables.acteurs import all_acteurs


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

    @routes.get(
        "",
        summary="Les acteurs et ce qui leur appartient",
        description=PAR_PAGES,
        response_model=list[ActeurView],
    )
    def read_acteurs(morceau: UnMorceau) -> Response:
        with state.database.sessions() as session:
            views = view_acteurs(session, machine_now())
        return morceau.of(views, lambda each: each.code)

    @routes.get("/{code}", summary="Un acteur et ce qui lui appartient")
    def read_acteur(code: str) -> ActeurView:
        with state.database.sessions() as session:
            return _view(session, code)

    @routes.post("", status_code=201, summary="Créer un acteur")
    def create(new: NewActeur) -> ActeurView:
        with state.database.transaction() as session:
            create_acteur(session, new.code, new.nom, new.kind)
            return _view(session, new.code)

    @routes.post("/{code}/logins", summary="Ajouter un utilisateur ou changer ses services")
    def put_login(code: str, new: NewLogin) -> ActeurView:
        with state.database.transaction() as session:
            add_login(session, code, new.login, new.services)
            if new.mot_de_passe is not None:
                set_password(session, new.login, new.mot_de_passe)
            return _view(session, code)

    @routes.post("/{code}/contrats", summary="Ajouter un contrat ou changer ses dates")
    def put_contrat(code: str, new: NewContrat) -> ActeurView:
        with state.database.transaction() as session:
            add_contrat(session, code, new.contrat_id, new.date_debut, new.date_fin)
            return _view(session, code)

    @routes.post("/{code}/habilitations", summary="Habiliter l'acteur pour un package")
    def put_habilitation(code: str, new: NewHabilitation) -> ActeurView:
        with state.database.transaction() as session:
            habiliter(session, code, new.package, new.environnement)
            return _view(session, code)

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
    return next(one for one in view_acteurs(session, machine_now()) if one.code == acteur.code)


_SHOWN: Final = 15
_CERTIFICATS: Final = 100
_ENVIRONNEMENTS: Final = get_args(Environment)


def page_routes(state: AdminState) -> APIRouter:
    """Return the pages of the actors and of their certificates."""
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
            environnements=_ENVIRONNEMENTS,
        )

    @routes.get("/certificats")
    def show_certificats(request: Request) -> Response:
        return _certificats(request)

    @routes.post("/certificats")
    def check(request: Request, form: Annotated[Form, Depends(read_form)]) -> Response:
        environnement = form.get("environnement")
        chosen = next(
            (known for known in _ENVIRONNEMENTS if known == environnement), _ENVIRONNEMENTS[0]
        )
        accepted, verdict = _check(state, form.get("pem"), chosen)
        return _certificats(request, accepted=accepted, verdict=verdict, environnement=chosen)

    def _certificats(request: Request, **found: Any) -> Response:
        today = legal_date(machine_now())
        with state.database.sessions() as session:
            certificats = view_certificats(session, machine_now())
            acteurs = [acteur.code for acteur in all_acteurs(session)]
        remaining = {
            (certificat.empreinte, certificat.environnement): working_days_between(
                today, certificat.a_deposer_avant
            )
            for certificat in certificats
            if certificat.a_deposer_avant is not None
        }
        context: dict[str, Any] = {
            "verdict": None,
            "accepted": None,
            "environnement": state.settings.environment,
        }
        return pages.render(
            state,
            request,
            "certificats.html",
            **context | found,
            certificats=certificats[:_CERTIFICATS],
            plus=len(certificats) - _CERTIFICATS,
            acteurs=acteurs,
            restants=remaining,
            environnements=_ENVIRONNEMENTS,
        )

    return routes


def _check(state: AdminState, pem: str, environnement: Environment) -> tuple[bool, str]:
    """Return whether the door would let a certificate in, and what `cert check` says of it."""
    try:
        inspection = inspect_pem(state, pem, environnement)
    except UsageError as error:
        return False, str(error)
    return inspection.accepted, render_inspection(inspection)

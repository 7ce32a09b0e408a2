"""Actors and their certificates: `/api/acteurs`, `/api/certificats`, and their pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, Body, following
from sge_sim.admin.routes.listes import PAR_PAGES, Form, JourEcrit, UnMorceau, read_form
from sge_sim.api.acteurs import ActeurView, CertificatView, view_acteurs, view_certificats
from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.jours_ouvres import working_days_between
from sge_sim.domaine.nomenclatures import PACKAGES, Environment, KindActeur
from sge_sim.door.certificats import CertificateRegister, register_file
from sge_sim.errors import UsageError
from sge_sim.pki.authorities import load_authorities
from sge_sim.pki.inspection import (
    Inspection,
    UnreadCertificateError,
    fingerprint_of_file,
    inspect_files,
)
from sge_sim.pki.policy import Policy
from sge_sim.pki.rendering import (
    describe_authority,
    describe_inspection,
    describe_verdicts,
    render_inspection,
)
from sge_sim.pki.trust import open_pki
from sge_sim.referentiel.acteurs import (
    add_contrat,
    add_login,
    create_acteur,
    habiliter,
    set_password,
)
from sge_sim.tables.acteurs import all_acteurs, default_acteur, get_acteur

_TEXTE: Final = "texte donné"


class CertificatDonne(Body):
    """A certificate, and the platform that it is for."""

    environnement: Environment
    pem: str = Field(description="Le certificat en PEM, puis ses intermédiaires")


class NewCertificat(CertificatDonne):
    """A certificate that an actor hands in."""

    acteur: str | None = Field(None, description="Code de l'acteur ; le tiers par défaut si null")


def certificat_routes(state: AdminState) -> APIRouter:
    """Return the routes of the certificates."""
    routes = APIRouter(prefix="/api/certificats", tags=["certificats"])

    @routes.get(
        "",
        summary="Les certificats enregistrés, ceux qui finissent en premier d'abord",
        description=PAR_PAGES,
        response_model=list[CertificatView],
    )
    def read_certificats(morceau: UnMorceau, environnement: Environment | None = None) -> Response:
        with state.database.sessions() as session:
            views = view_certificats(session, machine_now(), environnement)
        return morceau.of(views, lambda each: f"{each.environnement}/{each.empreinte}")

    @routes.post("", status_code=201, summary="Enregistrer le certificat d'un acteur")
    def register(new: NewCertificat) -> CertificatView:
        with _file_of(new.pem) as file, state.database.transaction() as session:
            code = new.acteur or default_acteur(session, "tiers").code
            register_file(session, code, file, new.environnement, machine_now())
            session.flush()
            empreinte = fingerprint_of_file(file)
            views = view_certificats(session, machine_now(), new.environnement)
            return next(each for each in views if each.empreinte == empreinte)

    @routes.post("/verifier", summary="Dire si la porte accepterait un certificat, et pourquoi")
    def verify(asked: CertificatDonne) -> dict[str, Any]:
        try:
            return describe_inspection(inspect_pem(state, asked.pem, asked.environnement))
        except UnreadCertificateError as refusal:
            return {"accepte": False, "verdicts": describe_verdicts(refusal.verdicts)}

    @routes.get(
        "/autorites",
        summary="Les autorités connues, et ce qu'elles délivrent",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_authorities(
        morceau: UnMorceau,
        le: Annotated[JourEcrit | None, Query(description="Jour légal ; aujourd'hui sinon")] = None,
    ) -> Response:
        jour = le or legal_date(machine_now())
        known = load_authorities(state.settings.authorities_file).authorities
        views = [describe_authority(authority, jour) for authority in known]
        return morceau.of(views, lambda each: each["nom_court"])

    return routes


def inspect_pem(state: AdminState, pem: str, environnement: Environment) -> Inspection:
    """Return what `cert check` finds of a certificate that is given as text.

    Raises `UsageError` for a text in which there is none.
    """
    settings, now = state.settings, machine_now()
    pki = open_pki(
        settings.data_dir,
        now=now,
        authorities_file=settings.authorities_file,
        authorities_dir=settings.authorities_dir,
    )
    policy = Policy(
        environnement,
        pki.trust,
        CertificateRegister(state.database),
        www_counts_as_same=settings.www_counts_as_same,
        verifie_eku=settings.verifie_eku,
    )
    with _file_of(pem) as file:
        return inspect_files([file], [policy], now)


@contextmanager
def _file_of(pem: str) -> Iterator[Path]:
    """Give a file that holds a text; a refusal that names it names the text instead."""
    with TemporaryDirectory(prefix="sge-sim-") as folder:
        file = Path(folder) / _TEXTE
        file.write_text(pem, "utf-8", "replace")
        try:
            yield file
        except UnreadCertificateError:
            raise
        except UsageError as error:
            raise UsageError(str(error).replace(str(file), "Le texte donné")) from None


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
    return next(view for view in view_acteurs(session, machine_now()) if view.code == acteur.code)


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

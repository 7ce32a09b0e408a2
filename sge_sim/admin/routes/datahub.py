"""`/api/datahub` and `/datahub`: accounts, contracts and their contacts, applications.

There is no login: whoever asks says by whom (`par`), and his rights are checked. What Enedis does
itself (open an account or a contract, name the legal representative, activate) has no `par`. The
page shows the portal as whichever of its users is chosen sees it.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.datahub_acts import do_act
from sge_sim.admin.routes import AdminState, Body
from sge_sim.admin.routes.forms import TypedForm
from sge_sim.admin.routes.listes import PAR_PAGES, AskedPage
from sge_sim.api.datahub import (
    ETATS,
    NOMS_DES_ROLES,
    ApplicationDatahubView,
    CompteView,
    ContratDatahubView,
)
from sge_sim.clock import legal_date
from sge_sim.datahub import contrats, portail
from sge_sim.domaine.nomenclatures import AlgorithmeFlux, ModeApplication, TypeCanal
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import instant_within
from sge_sim.refus import Refus
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.dataconnect import APIS
from sge_sim.tables.datahub import (
    AnnexeSi,
    ContratDatahub,
    RoleDatahub,
    ServiceDatahub,
    applications_datahub,
    comptes_datahub,
    contrats_datahub,
)

_PAR: Final[dict[str, Any]] = {"description": "Adresse de qui demande", "max_length": 255}
Par = Annotated[str, Field(**_PAR)]
ParQui = Annotated[str, Query(**_PAR)]


class NewCompte(Body):
    """An account to open."""

    email: str
    nom: str
    acteur: str = Field(description="Code de l'acteur : son entité")


class ProfilChange(Body):
    """A profile to update: what isn't given stays, what is empty is taken away."""

    par: Par
    nom: str | None = None
    adresse: str | None = None
    code_postal: str | None = None
    fonction: str | None = None
    telephone: str | None = None


class NewContratDatahub(Body):
    """A contract to open, with its first contractual contact."""

    numero: str
    contractuel: str
    service: ServiceDatahub = "fds"


class ActeDatahub(Body):
    """Who asks."""

    par: Par


class Personne(Body):
    """Whom it concerns."""

    email: str


class ContratChange(ActeDatahub):
    """Data of a contract to update; what isn't sent stays."""

    raison_sociale: str | None = None
    siret: str | None = None


class AnnexeDemande(ActeDatahub):
    """The SI annex: the channel of delivery, and how files are encrypted."""

    type_canal: TypeCanal
    url: str | None = None
    algorithme: AlgorithmeFlux = "aucun"
    cle: str | None = None
    iv: str | None = None


class InterlocuteurDemande(ActeDatahub):
    """A contact to add or remove."""

    email: str
    role: RoleDatahub


class FormulaireApplication(ActeDatahub):
    """The form of an application; `logo` is a PNG in base64."""

    nom: str
    redirect_uri: str
    mode: ModeApplication
    apis: list[str] | None = None
    logo: str | None = None
    service: ServiceDatahub = "fds"


class ApplicationDatahubChange(ActeDatahub):
    """Changes of an application; what isn't sent stays."""

    nom: str | None = None
    redirect_uri: str | None = None
    apis: list[str] | None = None
    logo: str | None = None


def rest_routes(state: AdminState) -> APIRouter:
    """Return the REST routes of Datahub."""
    routes = APIRouter(prefix="/api/datahub", tags=["datahub"])
    database, data_dir = state.database, state.settings.data_dir

    def shown(change: Callable[[Session], ContratDatahub]) -> ContratDatahubView:
        with database.transaction() as session:
            return ContratDatahubView.of(session, change(session), data_dir)

    @routes.get(
        "/comptes",
        summary="Les comptes et leurs rôles",
        description=PAR_PAGES,
        response_model=list[CompteView],
    )
    def read_comptes(page: AskedPage) -> Response:
        with database.sessions() as session:
            views = [CompteView.of(each) for each in comptes_datahub(session)]
        return page.of(views, lambda each: each.email)

    @routes.post("/comptes", status_code=201, summary="Ouvrir un compte d'une entité")
    def add_compte(new: NewCompte) -> CompteView:
        with database.transaction() as session:
            return CompteView.of(portail.create_compte(session, new.email, new.nom, new.acteur))

    @routes.post("/comptes/{email}", summary="Mettre à jour son profil")
    def set_profil(email: str, asked: ProfilChange) -> CompteView:
        with database.transaction() as session:
            changes = asked.model_dump(exclude={"par"})
            return CompteView.of(portail.update_compte(session, asked.par, email, **changes))

    @routes.get(
        "/contrats",
        summary="Tous les contrats, comme Enedis les voit",
        description=PAR_PAGES,
        response_model=list[ContratDatahubView],
    )
    def read_contrats(page: AskedPage) -> Response:
        with database.sessions() as session:
            found = contrats_datahub(session)
            views = [ContratDatahubView.of(session, each, data_dir) for each in found]
        return page.of(views, lambda each: each.numero)

    @routes.post("/contrats", status_code=201, summary="Ouvrir un contrat")
    def add_contrat_datahub(new: NewContratDatahub) -> ContratDatahubView:
        def draft(session: Session) -> ContratDatahub:
            today = legal_date(instant_within(session))
            return contrats.draft_contrat(session, new.numero, new.contractuel, today, new.service)

        return shown(draft)

    @routes.get("/contrats/{numero}", summary="Consulter un contrat")
    def read_contrat(numero: str, par: ParQui) -> ContratDatahubView:
        with database.sessions() as session:
            found = contrats.consult_contrat(session, par, numero)
            return ContratDatahubView.of(session, found, data_dir)

    @routes.post("/contrats/{numero}", summary="Mettre à jour les données d'un contrat")
    def set_contrat(numero: str, asked: ContratChange) -> ContratDatahubView:
        data = asked.model_dump(exclude={"par"})
        return shown(lambda session: contrats.update_contrat(session, asked.par, numero, **data))

    @routes.post("/contrats/{numero}/annexe-si", summary="Remplir l'annexe SI")
    def set_annexe(numero: str, asked: AnnexeDemande) -> ContratDatahubView:
        annexe = AnnexeSi(**asked.model_dump(exclude={"par"}))
        return shown(lambda session: contrats.fill_annexe(session, asked.par, numero, annexe))

    @routes.post("/contrats/{numero}/representant", summary="Désigner le représentant légal")
    def set_representant(numero: str, asked: Personne) -> ContratDatahubView:
        return shown(lambda session: contrats.name_representant(session, numero, asked.email))

    @routes.post("/contrats/{numero}/interlocuteurs", summary="Ajouter un interlocuteur")
    def add_role(numero: str, asked: InterlocuteurDemande) -> ContratDatahubView:
        return shown(
            lambda session: contrats.add_interlocuteur(
                session, asked.par, numero, asked.email, asked.role
            )
        )

    @routes.delete(
        "/contrats/{numero}/interlocuteurs/{email}/{role}",
        status_code=204,
        summary="Retirer un interlocuteur",
    )
    def remove_role(numero: str, email: str, role: RoleDatahub, par: ParQui) -> None:
        with database.transaction() as session:
            contrats.remove_interlocuteur(session, par, numero, email, role)

    @routes.post("/contrats/{numero}/envoyer", summary="Envoyer un contrat en signature")
    def send(numero: str, asked: ActeDatahub) -> ContratDatahubView:
        return shown(
            lambda session: contrats.send_for_signature(
                session, asked.par, numero, instant_within(session)
            )
        )

    @routes.post("/contrats/{numero}/signer", summary="Signer, en représentant légal")
    def sign(numero: str, asked: ActeDatahub) -> ContratDatahubView:
        return shown(
            lambda session: contrats.sign_contrat(
                session, asked.par, numero, instant_within(session)
            )
        )

    @routes.post("/contrats/{numero}/activer", summary="Rendre actif, comme Enedis")
    def activate(numero: str) -> ContratDatahubView:
        return shown(
            lambda session: contrats.activate_contrat(session, numero, instant_within(session))
        )

    @routes.post("/contrats/{numero}/resilier", summary="Résilier un contrat")
    def terminate(numero: str, asked: ActeDatahub) -> ContratDatahubView:
        return shown(
            lambda session: contrats.terminate_contrat(
                session, asked.par, numero, instant_within(session)
            )
        )

    @routes.post("/applications", status_code=201, summary="Créer une application")
    def add_application(asked: FormulaireApplication) -> ApplicationDatahubView:
        with database.transaction() as session:
            made = portail.request_application(
                session,
                asked.par,
                **asked.model_dump(exclude={"par", "logo"}),
                logo=_bytes(asked.logo),
            )
            return ApplicationDatahubView.of_datahub(made)

    @routes.post("/applications/{client_id}", summary="Modifier une application")
    def set_application(client_id: str, asked: ApplicationDatahubChange) -> ApplicationDatahubView:
        with database.transaction() as session:
            changed = portail.update_application(
                session,
                asked.par,
                client_id,
                **asked.model_dump(exclude={"par", "logo"}),
                logo=_bytes(asked.logo),
            )
            return ApplicationDatahubView.of_datahub(changed)

    @routes.delete(
        "/applications/{client_id}", status_code=204, summary="Supprimer une application"
    )
    def remove_application(client_id: str, par: ParQui) -> None:
        with database.transaction() as session:
            portail.remove_application(session, par, client_id)

    return routes


def _bytes(base64: str | None) -> bytes | None:
    try:
        return None if base64 is None else b64decode(base64, validate=True)
    except (Base64Error, ValueError):
        raise UsageError("Le logo s'envoie en base64.") from None


def page_routes(state: AdminState) -> APIRouter:
    """Return the pages of Datahub."""
    routes = APIRouter(prefix="/datahub", include_in_schema=False)
    database, data_dir = state.database, state.settings.data_dir

    @routes.get("")
    def show_portal(request: Request, par: str = "") -> Response:
        return _page(request, par)

    @routes.post("/{action}")
    def act(request: Request, action: str, form: TypedForm) -> Response:
        par = form.get("par")
        try:
            with database.transaction() as session:
                do_act(session, action, form, instant_within(session))
        except Refus as refus:
            return _page(request, par, refus)
        except UsageError as error:
            return _page(request, par, error)
        return RedirectResponse(f"/datahub?par={quote(par)}" if par else "/datahub", 303)

    @routes.get("/logos/{client_id}.png")
    def show_logo(client_id: str) -> Response:
        with database.sessions() as session:
            logo = portail.get_application_datahub(session, client_id).logo
        if logo is None:
            raise UsageError("Cette application n'a pas de logo.")
        return Response(logo, media_type="image/png", headers=pages.HEADERS)

    def _page(request: Request, par: str, error: UsageError | None = None) -> Response:
        with database.sessions() as session:
            known = comptes_datahub(session)
            asking = next((compte for compte in known if compte.email == par.lower()), None)
            found = contrats_datahub(session, asking.acteur_code if asking else None)
            own = [] if asking is None else applications_datahub(session, asking.acteur_code)
            return pages.render(
                state,
                request,
                "datahub.html",
                _status(error),
                comptes=[CompteView.of(compte) for compte in known],
                par=None if asking is None else CompteView.of(asking),
                # The portal shows an entity's user only the contracts that he has a role on.
                contrats=[
                    ContratDatahubView.of(session, row, data_dir)
                    for row in found
                    if asking is None
                    or any(each.email == asking.email for each in row.interlocuteurs)
                ],
                applications=[
                    ApplicationDatahubView.of_datahub(application)
                    for application in own
                    if asking is not None and application.email in (None, asking.email)
                ],
                acteurs=[acteur.code for acteur in all_acteurs(session)],
                apis=list(APIS),
                etats=ETATS,
                roles=NOMS_DES_ROLES,
                erreur=error,
                regle=error.rule if isinstance(error, Refus) else None,
            )

    return routes


def _status(error: UsageError | None) -> int:
    if error is None:
        return 200
    return 403 if isinstance(error, Refus) else 400

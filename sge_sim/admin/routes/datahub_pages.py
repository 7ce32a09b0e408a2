"""`/datahub`: the portal in the browser, seen as whichever of its users is chosen."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, Final, cast, get_args
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.forms import Form, read_form
from sge_sim.api.datahub import (
    ETATS,
    NOMS_DES_ROLES,
    ApplicationDatahubView,
    CompteView,
    ContratDatahubView,
)
from sge_sim.clock import legal_date
from sge_sim.datahub import applications, comptes, contrats
from sge_sim.domaine.nomenclatures import AlgorithmeFlux, TypeCanal
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import instant_within
from sge_sim.refus import Refus
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.dataconnect import APIS, ModeApplication
from sge_sim.tables.datahub import (
    AnnexeSi,
    ProfilDatahub,
    RoleDatahub,
    applications_datahub,
    comptes_datahub,
    contrats_datahub,
)

Act = Callable[[Session, Form, datetime], Any]


def _one_of(form: Form, name: str, values: object) -> Any:
    value = form.get(name)
    if value not in get_args(values):
        raise UsageError(f"« {value} » ne convient pas pour {name}.")
    return value


def _role(form: Form) -> RoleDatahub:
    return cast(RoleDatahub, _one_of(form, "role", RoleDatahub))


def _annexe(form: Form) -> AnnexeSi:
    return AnnexeSi(
        type_canal=_one_of(form, "type_canal", TypeCanal),
        url=form.get("url") or None,
        algorithme=_one_of(form, "algorithme", AlgorithmeFlux),
        cle=form.get("cle") or None,
        iv=form.get("iv") or None,
    )


_ACTS: Final[Mapping[str, Act]] = {
    "compte": lambda session, form, _now: comptes.create_compte(
        session, form.get("email"), form.get("nom"), form.get("acteur")
    ),
    "contrat": lambda session, form, now: contrats.draft_contrat(
        session, form.get("numero"), form.get("email"), legal_date(now)
    ),
    "representant": lambda session, form, _now: contrats.name_representant(
        session, form.get("numero"), form.get("email")
    ),
    "activer": lambda session, form, now: contrats.activate_contrat(
        session, form.get("numero"), now
    ),
    "profil": lambda session, form, _now: comptes.update_compte(
        session,
        form.get("par"),
        form.get("par"),
        form.get("nom"),
        **{champ.name: form.get(champ.name) for champ in fields(ProfilDatahub)},
    ),
    "envoyer": lambda session, form, now: contrats.send_for_signature(
        session, form.get("par"), form.get("numero"), now
    ),
    "signer": lambda session, form, now: contrats.sign_contrat(
        session, form.get("par"), form.get("numero"), now
    ),
    "resilier": lambda session, form, now: contrats.terminate_contrat(
        session, form.get("par"), form.get("numero"), now
    ),
    "modifier": lambda session, form, _now: contrats.update_contrat(
        session,
        form.get("par"),
        form.get("numero"),
        raison_sociale=form.get("raison_sociale") or None,
        siret=form.get("siret") or None,
    ),
    "annexe": lambda session, form, _now: contrats.fill_annexe(
        session, form.get("par"), form.get("numero"), _annexe(form)
    ),
    "ajouter": lambda session, form, _now: contrats.add_interlocuteur(
        session, form.get("par"), form.get("numero"), form.get("email"), _role(form)
    ),
    "retirer": lambda session, form, _now: contrats.remove_interlocuteur(
        session, form.get("par"), form.get("numero"), form.get("email"), _role(form)
    ),
    "application": lambda session, form, _now: applications.request_application(
        session,
        form.get("par"),
        mode=_one_of(form, "mode", ModeApplication),
        nom=form.get("nom"),
        redirect_uri=form.get("redirect_uri"),
        apis=form.all("apis"),
    ),
    "retirer_application": lambda session, form, _now: applications.remove_application(
        session, form.get("par"), form.get("client_id")
    ),
}
"""What the forms ask for, by the name of their action."""


def router(state: AdminState) -> APIRouter:
    """Return the pages of Datahub."""
    routes = APIRouter(prefix="/datahub", include_in_schema=False)
    database, data_dir = state.database, state.settings.data_dir

    @routes.get("")
    def show_portal(request: Request, par: str = "") -> Response:
        return _page(request, par)

    @routes.post("/{action}")
    def act(request: Request, action: str, form: Annotated[Form, Depends(read_form)]) -> Response:
        par = form.get("par")
        try:
            if action not in _ACTS:
                raise UsageError(f"Datahub n'a pas d'action « {action} ».")
            with database.transaction() as session:
                _ACTS[action](session, form, instant_within(session))
        except Refus as refus:
            return _page(request, par, refus)
        except UsageError as error:
            return _page(request, par, error)
        return RedirectResponse(f"/datahub?par={quote(par)}" if par else "/datahub", 303)

    @routes.get("/logos/{client_id}.png")
    def show_logo(client_id: str) -> Response:
        with database.sessions() as session:
            logo = applications.get_application_datahub(session, client_id).logo
        if logo is None:
            raise UsageError("Cette application n'a pas de logo.")
        return Response(logo, media_type="image/png", headers=pages.HEADERS)

    def _page(request: Request, par: str, error: UsageError | None = None) -> Response:
        with database.sessions() as session:
            known = comptes_datahub(session)
            asking = next((one for one in known if one.email == par.lower()), None)
            found = contrats_datahub(session, asking.acteur_code if asking else None)
            own = [] if asking is None else applications_datahub(session, asking.acteur_code)
            return pages.render(
                state,
                request,
                "datahub.html",
                _status(error),
                comptes=[CompteView.of(one) for one in known],
                par=None if asking is None else CompteView.of(asking),
                # The portal shows an entity's user only the contracts that he has a role on.
                contrats=[
                    ContratDatahubView.of(session, one, data_dir)
                    for one in found
                    if asking is None
                    or any(each.email == asking.email for each in one.interlocuteurs)
                ],
                applications=[
                    ApplicationDatahubView.of_datahub(one)
                    for one in own
                    if asking is not None and one.email in (None, asking.email)
                ],
                acteurs=[one.code for one in all_acteurs(session)],
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

"""The forms that do what only REST and commands did: actors, certificates, state, channels."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.pages import lead_to
from sge_sim.admin.routes import AdminState, RowNumber
from sge_sim.admin.routes.flux import publish_now
from sge_sim.admin.routes.health import restore
from sge_sim.admin.routes.listes import Form, read_form
from sge_sim.api.data_connect import ApplicationView
from sge_sim.api.datahub import TicketView
from sge_sim.clock import machine_now, parse_day
from sge_sim.dataconnect.applications import change_application, create_application, get_application
from sge_sim.datahub.spice import close_ticket, open_ticket
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import (
    ENVIRONMENTS,
    AlgorithmeFlux,
    KindActeur,
    ModeApplication,
    TypeCanal,
)
from sge_sim.door.certificats import register_file
from sge_sim.errors import UsageError
from sge_sim.flux.declaration import declare_canal, describe_canal
from sge_sim.referentiel.acteurs import add_contrat, add_login, create_acteur, habiliter
from sge_sim.referentiel.apports.versement import remove_own_points
from sge_sim.referentiel.points import copy_point
from sge_sim.schema.snapshot import is_kept, take_snapshot
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.dataconnect import APIS, applications
from sge_sim.tables.datahub import tickets_spice

_Form = Annotated[Form, Depends(read_form)]


def router(state: AdminState) -> APIRouter:
    """Return the forms, and the pages that there are for them alone."""
    routes = APIRouter(include_in_schema=False)
    database, data_dir = state.database, state.settings.data_dir

    def write(request: Request, address: str, act: Callable[[Session], str]) -> Response:
        """Do `act` in a transaction; lead to the page that says what it returns, or refuses."""

        def do() -> str:
            with database.transaction() as session:
                return act(session)

        return done(request, address, do)

    @routes.post("/acteurs")
    def make_acteur(request: Request, form: _Form) -> Response:
        code = form.get("code")

        def make(session: Session) -> str:
            create_acteur(session, code, form.get("nom"), form.one_of("kind", KindActeur))
            return f"L'acteur {code} est créé : lui donner un login, un contrat, un certificat."

        return write(request, "/acteurs", make)

    @routes.post("/acteurs/{code}/login")
    def put_login(request: Request, code: str, form: _Form) -> Response:
        login, services = form.get("login"), form.get("services").replace(",", " ").split()

        def put(session: Session) -> str:
            add_login(session, code, login, services or None)
            which = ", ".join(services) or "tous les services"
            return f"{login} appelle pour {code} : {which}."

        return write(request, f"/acteurs#{code}", put)

    @routes.post("/acteurs/{code}/contrat")
    def put_contrat(request: Request, code: str, form: _Form) -> Response:
        number, last = form.get("contrat_id"), form.get("date_fin")

        def put(session: Session) -> str:
            first = parse_day(form.get("date_debut"))
            add_contrat(session, code, number, first, parse_day(last) if last else None)
            return f"Le contrat {number} de {code} est enregistré."

        return write(request, f"/acteurs#{code}", put)

    @routes.post("/acteurs/{code}/habilitation")
    def put_habilitation(request: Request, code: str, form: _Form) -> Response:
        package, taken = form.get("package"), form.get("faire") == "retirer"

        def put(session: Session) -> str:
            environment = form.one_of("environnement", ENVIRONMENTS)
            habiliter(session, code, package, environment, retirer=taken)
            verb = "n'est plus" if taken else "est"
            return f"{code} {verb} habilité pour {package} en {environment}."

        return write(request, f"/acteurs#{code}", put)

    @routes.post("/certificats/enregistrer")
    def register(request: Request, form: _Form) -> Response:
        def put(session: Session) -> str:
            with TemporaryDirectory(prefix="sge-sim-") as folder:
                file = Path(folder) / "certificat.pem"
                file.write_text(form.get("pem"), "utf-8")
                try:
                    return register_file(
                        session,
                        form.get("acteur"),
                        file,
                        form.one_of("environnement", ENVIRONMENTS),
                        machine_now(),
                    )
                except UsageError as error:
                    raise UsageError(str(error).replace(str(file), "Le texte donné")) from None

        return write(request, "/certificats", put)

    @routes.get("/tickets")
    def show_tickets(request: Request) -> Response:
        with database.sessions() as session:
            tickets = [TicketView.of(ticket) for ticket in tickets_spice(session)]
            acteurs = [acteur.code for acteur in all_acteurs(session)]
        return pages.render(
            state, request, "tickets.html", tickets=tickets[::-1][:_SHOWN], acteurs=acteurs
        )

    @routes.post("/tickets")
    def make_ticket(request: Request, form: _Form) -> Response:
        def make(session: Session) -> str:
            ticket = open_ticket(session, form.get("acteur"), form.get("pem"), machine_now())
            return f"Le ticket {ticket.id} est ouvert."

        return write(request, "/tickets", make)

    @routes.post("/tickets/{numero}/clore")
    def close(request: Request, numero: RowNumber) -> Response:
        def shut(session: Session) -> str:
            close_ticket(session, numero, machine_now())
            return f"Le ticket {numero} est clos, son certificat enregistré en production."

        return write(request, "/tickets", shut)

    @routes.get("/canaux")
    def show_channels(request: Request) -> Response:
        with database.sessions() as session:
            canaux = [
                (acteur.code, describe_canal(session, contrat.contrat_id, data_dir))
                for acteur in all_acteurs(session)
                for contrat in acteur.contrats
            ]
        return pages.render(
            state,
            request,
            "canaux.html",
            canaux=canaux[:_SHOWN],
            plus=len(canaux) - _SHOWN,
            types=get_args(TypeCanal),
            chiffrements=get_args(AlgorithmeFlux),
        )

    @routes.post("/canaux")
    def put_channel(request: Request, form: _Form) -> Response:
        def put(session: Session) -> str:
            declare_canal(
                session,
                form.get("contrat"),
                type_canal=form.one_of("type", TypeCanal),
                url=form.get("url") or None,
                algorithme=form.one_of("chiffrement", AlgorithmeFlux),
                cle=form.get("cle") or None,
                iv=form.get("iv") or None,
            )
            return f"Le canal du contrat {form.get('contrat')} est déclaré."

        return write(request, "/canaux", put)

    @routes.post("/fichiers/publier")
    def publish(request: Request) -> Response:
        def act() -> str:
            view = publish_now(state)
            made = counted(view.publications, "publication")
            good = counted(view.livres, "fichier livré", "fichiers livrés")
            return f"{made}, {good}, {counted(view.echecs, 'échec')}."

        return done(request, "/fichiers", act)

    @routes.get("/simulateur")
    def show_simulator(request: Request) -> Response:
        changed = {name for name, _ in state.settings.changed}
        settings = [
            (name, _YES_OR_NO.get(value, value), why)
            for name, value, why in state.settings.described()
        ]
        return pages.render(
            state,
            request,
            "simulateur.html",
            changes=[each for each in settings if each[0] in changed],
            defauts=[each for each in settings if each[0] not in changed],
            cote=is_kept(database, data_dir),
        )

    @routes.post("/simulateur/copie")
    def keep(request: Request) -> Response:
        def act() -> str:
            take_snapshot(database, state.journal, data_dir)
            return "L'état est mis de côté : « Revenir » le reprendra."

        return done(request, "/simulateur", act)

    @routes.post("/simulateur/retour")
    def bring_back(request: Request) -> Response:
        def act() -> str:
            restore(state)
            return "L'état mis de côté est repris."

        return done(request, "/simulateur", act)

    return routes


_SHOWN: Final = 200
_YES_OR_NO: Final = {"True": "oui", "False": "non"}


def done(request: Request, address: str, act: Callable[[], Any]) -> Response:
    """Do `act`; lead to the page that says what it returns, or why it is refused."""
    try:
        return lead_to(request, address, "fait", act())
    except UsageError as error:
        return lead_to(request, address, "refus", str(error))


_MODES = get_args(ModeApplication)


def data_routes(state: AdminState) -> APIRouter:
    """Return the forms, and the page of the applications."""
    routes = APIRouter(include_in_schema=False)
    database = state.database

    @routes.post("/points/retirer")
    def remove_points(request: Request) -> Response:
        def remove() -> str:
            count = remove_own_points(database, None)
            return f"{counted(count, 'point retiré', 'points retirés')}."

        return done(request, "/points", remove)

    @routes.post("/points/{prm}/retirer")
    def remove_point(request: Request, prm: str) -> Response:
        try:
            remove_own_points(database, [prm])
        except UsageError as error:
            return lead_to(request, f"/points/{prm}", "refus", str(error))
        return lead_to(request, "/points", "fait", f"Le point {prm} est retiré.")

    @routes.post("/points/{prm}/copier")
    def copy(request: Request, prm: str, form: _Form) -> Response:
        try:
            with database.transaction() as session:
                made = copy_point(session, prm, form.get("prm") or None)
        except UsageError as error:
            return lead_to(request, f"/points/{prm}", "refus", str(error))
        return lead_to(request, f"/points/{made}", "fait", f"Point fait comme {prm}.")

    @routes.get("/applications")
    def show_applications(request: Request) -> Response:
        with database.sessions() as session:
            views = [ApplicationView.of(each) for each in applications(session)]
            acteurs = [each.code for each in all_acteurs(session)]
        return pages.render(
            state,
            request,
            "applications.html",
            applications=views,
            acteurs=acteurs,
            modes=_MODES,
            apis=list(APIS),
        )

    @routes.post("/applications")
    def add(request: Request, form: _Form) -> Response:
        def make() -> str:
            with database.transaction() as session:
                application = create_application(
                    session,
                    nom=form.get("nom"),
                    acteur_code=form.get("acteur"),
                    mode=form.one_of("mode", ModeApplication),
                    redirect_uri=form.get("redirect_uri"),
                    apis=form.all("apis") or tuple(APIS),
                )
                return f"L'application {application.nom} est enregistrée."

        return done(request, "/applications", make)

    @routes.post("/applications/{client_id}")
    def change(request: Request, client_id: str, form: _Form) -> Response:
        changes: dict[str, Any] = {
            "nom": form.get("nom") or None,
            "redirect_uri": form.get("redirect_uri") or None,
        }

        def set_it() -> str:
            with database.transaction() as session:
                application = change_application(session, client_id, **changes)
                return f"L'application {application.nom} est modifiée."

        return done(request, "/applications", set_it)

    @routes.post("/applications/{client_id}/retirer")
    def remove(request: Request, client_id: str) -> Response:
        def delete() -> str:
            with database.transaction() as session:
                application = get_application(session, client_id)
                nom = application.nom
                session.delete(application)
                return f"L'application {nom} est supprimée."

        return done(request, "/applications", delete)

    return routes

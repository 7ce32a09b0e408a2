"""`/api/habilitateurs` and `/api/tickets`: who gives rights in SGE, and certificates' renewals."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from sge_sim.admin.routes import AdminState, Body, RowNumber
from sge_sim.admin.routes.listes import PAR_PAGES, UnMorceau
from sge_sim.api.datahub import TicketView
from sge_sim.clock import machine_now
from sge_sim.datahub import spice
from sge_sim.datahub.spice import close_ticket, open_ticket
from sge_sim.tables.datahub import tickets_spice


class HabilitateurView(BaseModel):
    """A user of SGE who gives rights to those of his entity."""

    login: str
    principal: bool


class DroitsView(BaseModel):
    """What a user of SGE may call; every service if null."""

    login: str
    services: list[str] | None
    actif: bool


class LoginDemande(Body):
    """A user of SGE; `par` is the habilitateur who asks, nobody when Enedis acts."""

    login: str
    par: str | None = Field(None, description="Login de l'habilitateur ; null : Enedis")


class DroitsDemande(Body):
    """The rights that a habilitateur gives."""

    par: str
    login: str
    services: list[str] | None = Field(None, description="Services permis ; tous si null")


class NewTicket(Body):
    """A ticket for a new production certificate."""

    acteur: str
    certificat: str = Field(description="Le certificat en PEM, puis ses intermédiaires")


def router(state: AdminState) -> APIRouter:
    """Return the routes of habilitateurs and tickets."""
    routes = APIRouter(prefix="/api", tags=["datahub"])
    database = state.database

    @routes.post(
        "/habilitateurs",
        summary="Désigner un habilitateur ; le principal quand c'est Enedis",
        status_code=201,
    )
    def add_habilitateur(asked: LoginDemande) -> HabilitateurView:
        with database.transaction() as session:
            if asked.par is None:
                named = spice.name_main_habilitateur(session, asked.login)
            else:
                named = spice.name_habilitateur(session, asked.par, asked.login)
            return HabilitateurView(login=named.login, principal=named.principal)

    @routes.post("/habilitateurs/droits", summary="Donner des droits dans SGE")
    def set_droits(asked: DroitsDemande) -> DroitsView:
        with database.transaction() as session:
            user = spice.give_rights(session, asked.par, asked.login, asked.services)
            return DroitsView(login=user.login, services=user.services, actif=user.actif)

    @routes.delete(
        "/habilitateurs/droits/{login}", status_code=204, summary="Retirer des droits dans SGE"
    )
    def remove_droits(
        login: str, par: Annotated[str, Query(description="Login de l'habilitateur")]
    ) -> None:
        with database.transaction() as session:
            spice.remove_rights(session, par, login)

    @routes.get(
        "/tickets",
        summary="Les tickets, du plus ancien au plus récent",
        description=PAR_PAGES,
        response_model=list[TicketView],
    )
    def read_tickets(morceau: UnMorceau) -> Response:
        with database.sessions() as session:
            views = [TicketView.of(each) for each in tickets_spice(session)]
        return morceau.of(views, lambda each: each.id)

    @routes.post("/tickets", summary="Déposer un nouveau certificat", status_code=201)
    def add_ticket(new: NewTicket) -> TicketView:
        with database.transaction() as session:
            return TicketView.of(open_ticket(session, new.acteur, new.certificat, machine_now()))

    @routes.post("/tickets/{ticket_id}/clore", summary="Clore : enregistrer le certificat")
    def close(ticket_id: RowNumber) -> TicketView:
        with database.transaction() as session:
            return TicketView.of(close_ticket(session, ticket_id, machine_now()))

    return routes

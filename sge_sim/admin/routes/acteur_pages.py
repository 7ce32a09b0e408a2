"""`/acteurs` and `/certificats`: who calls, with what, until when."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Depends, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.forms import Form, read_form
from sge_sim.api.acteurs import view_acteurs, view_certificats
from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.jours_ouvres import working_days_between
from sge_sim.domaine.nomenclatures import Environment
from sge_sim.door.certificats import CertificateRegister
from sge_sim.errors import UsageError
from sge_sim.pki.inspection import UnreadCertificateError, inspect_files
from sge_sim.pki.installation import open_pki
from sge_sim.pki.policy import Policy
from sge_sim.pki.rendering import render_inspection

_ENVIRONNEMENTS: Final = get_args(Environment)


def router(state: AdminState) -> APIRouter:
    """Return the pages of the actors and of their certificates."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/acteurs")
    def show_acteurs(request: Request) -> Response:
        with state.database.sessions() as session:
            acteurs = view_acteurs(session, machine_now())
        return pages.render(state, request, "acteurs.html", acteurs=acteurs)

    @routes.get("/certificats")
    def show_certificats(request: Request) -> Response:
        return _certificats(request)

    @routes.post("/certificats")
    def check(request: Request, form: Annotated[Form, Depends(read_form)]) -> Response:
        environnement = form.get("environnement")
        chosen = next((one for one in _ENVIRONNEMENTS if one == environnement), _ENVIRONNEMENTS[0])
        accepted, told = _check(state, form.get("pem"), chosen)
        return _certificats(request, accepted=accepted, verdict=told, environnement=chosen)

    def _certificats(request: Request, **found: Any) -> Response:
        today = legal_date(machine_now())
        with state.database.sessions() as session:
            certificats = view_certificats(session, machine_now())
        remaining = {
            (one.empreinte, one.environnement): working_days_between(today, one.a_deposer_avant)
            for one in certificats
            if one.a_deposer_avant is not None
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
            certificats=certificats,
            restants=remaining,
            environnements=_ENVIRONNEMENTS,
        )

    return routes


def _check(state: AdminState, pem: str, environnement: Environment) -> tuple[bool, str]:
    """Return whether the door would let a certificate in, and what `cert check` says of it."""

    settings = state.settings
    now = machine_now()
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
    with TemporaryDirectory(prefix="sge-sim-") as folder:
        file = Path(folder) / "certificat.pem"
        file.write_text(pem, "utf-8")
        try:
            inspection = inspect_files([file], [policy], now)
        except UnreadCertificateError as refusal:
            return False, str(refusal)
        except UsageError as error:
            return False, str(error).replace(str(file), "Le texte donné")
    told = render_inspection(inspection).replace(str(file), "texte donné")
    return inspection.accepted, told

"""`/api/certificats`: those that are registered, one that is handed in, whether one would pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import Field

from sge_sim.admin.routes import AdminState, Body
from sge_sim.admin.routes.listes import PAR_PAGES, UnMorceau
from sge_sim.api.acteurs import CertificatView, view_certificats
from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.nomenclatures import Environment
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
from sge_sim.pki.rendering import describe_authority, describe_inspection, describe_verdicts
from sge_sim.pki.trust import open_pki
from sge_sim.tables.acteurs import default_acteur

_TEXTE: Final = "texte donné"


class CertificatDonne(Body):
    """A certificate, and the platform that it is for."""

    environnement: Environment
    pem: str = Field(description="Le certificat en PEM, puis ses intermédiaires")


class NewCertificat(CertificatDonne):
    """A certificate that an actor hands in."""

    acteur: str | None = Field(None, description="Code de l'acteur ; le tiers par défaut si null")


def rest_routes(state: AdminState) -> APIRouter:
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
        le: Annotated[date | None, Query(description="Jour légal ; aujourd'hui sinon")] = None,
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

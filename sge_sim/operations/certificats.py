"""Certificates: those of the actors, whether the door accepts one, the authorities."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Final

from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.nomenclatures import Environment
from sge_sim.errors import UsageError
from sge_sim.operations import Says, State, day_typed, operation

if TYPE_CHECKING:
    from sge_sim.api.acteurs import CertificatView

_TEXTE: Final = "texte donné"
Plateforme = Annotated[Environment, Says("Plateforme visée", "production")]
Pem = Annotated[
    str, Says("Le certificat en PEM, puis ses intermédiaires", "-----BEGIN…", file=True)
]


@operation(
    "Les certificats enregistrés, ceux qui finissent en premier d'abord",
    "GET /certificats",
    without="acteurs list les donne, avec leur acteur",
    key="environnement/empreinte",
)
def list_certificats(
    state: State,
    *,
    environnement: Annotated[
        Environment | None, Says("Plateforme visée ; toutes sans elle")
    ] = None,
) -> "list[CertificatView]":
    """Return the registered certificates."""
    from sge_sim.api.acteurs import view_certificats

    with state.database.sessions() as session:
        return view_certificats(session, machine_now(), environnement)


@operation(
    "Enregistrer le certificat d'un acteur",
    "POST /certificats",
    without="cert register le fait, d'un fichier de toute forme",
    status=201,
    done="{fait.phrase}",
)
def register(
    state: State,
    *,
    environnement: Plateforme,
    pem: Pem,
    acteur: Annotated[
        str | None, Says("Code de l'acteur ; le tiers par défaut sans lui", completes="acteurs")
    ] = None,
) -> "CertificatView":
    """Register a certificate that an actor hands in; it isn't judged."""
    from sge_sim.api.acteurs import view_certificats
    from sge_sim.door.certificats import register_file
    from sge_sim.pki.inspection import fingerprint_of_file
    from sge_sim.tables.acteurs import default_acteur

    with _file_of(pem) as file, state.database.transaction() as session:
        code = acteur or default_acteur(session, "tiers").code
        phrase = register_file(session, code, file, environnement, machine_now())
        session.flush()
        empreinte = fingerprint_of_file(file)
        views = view_certificats(session, machine_now(), environnement)
        view = next(each for each in views if each.empreinte == empreinte)
        return view.said(phrase)


@operation(
    "Dire si la porte accepterait un certificat, et pourquoi",
    "POST /certificats/check",
    was=("POST /certificats/verifier",),
    place="POST /certificats/verifier",
    without="cert check le fait, de fichiers de toute forme, un autre jour aussi",
    back="/certificats",
    seen=True,
)
def check(state: State, *, pem: Pem, environnement: Plateforme) -> dict[str, Any]:
    """Return what the door thinks of a certificate; raises `UsageError` for a text without one."""
    from sge_sim.door.certificats import CertificateRegister
    from sge_sim.pki.inspection import UnreadCertificateError, inspect_files
    from sge_sim.pki.policy import Policy
    from sge_sim.pki.rendering import describe_inspection, describe_verdicts, render_inspection
    from sge_sim.pki.trust import open_pki

    settings, now = state.simulator.settings, machine_now()
    pki = open_pki(
        state.data_dir,
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
        try:
            inspection = inspect_files([file], [policy], now)
        except UnreadCertificateError as refusal:
            verdicts = describe_verdicts(refusal.verdicts)
            return {"accepte": False, "verdicts": verdicts, "texte": str(refusal)}
    return describe_inspection(inspection) | {"texte": render_inspection(inspection)}


@contextmanager
def _file_of(pem: str) -> Iterator[Path]:
    """Give a file that holds a text; a refusal that names it names the text instead."""
    from sge_sim.pki.inspection import UnreadCertificateError

    with TemporaryDirectory(prefix="sge-sim-") as folder:
        file = Path(folder) / _TEXTE
        file.write_text(pem, "utf-8", "replace")
        try:
            yield file
        except UnreadCertificateError:
            raise
        except UsageError as error:
            raise UsageError(str(error).replace(str(file), "Le texte donné")) from None


@operation(
    "Les autorités connues, et ce qu'elles délivrent",
    "GET /certificats/autorites",
    without="cert authorities les donne sans simulateur, avec les dates de renouvellement",
    key="nom_court",
)
def list_autorites(
    state: State,
    *,
    le: Annotated[date | None, Says("Jour légal ; aujourd'hui sans lui", reads=day_typed)] = None,
) -> list[dict[str, Any]]:
    """Return the authorities that a simulator knows."""
    from sge_sim.pki.authorities import load_authorities
    from sge_sim.pki.rendering import describe_authority

    jour = le or legal_date(machine_now())
    known = load_authorities(state.simulator.settings.authorities_file).authorities
    return [describe_authority(authority, jour) for authority in known]

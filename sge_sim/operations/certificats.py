"""Certificates: those of the actors, whether the door accepts one, the authorities."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.nomenclatures import Environment
from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.machine.files import write_atomically
from sge_sim.machine.late import late
from sge_sim.operations import Says, State, day_typed, operation
from sge_sim.operations.parameters import ActeurOrTiers, Pem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import acteurs as views
    from sge_sim.door import certificats as door
    from sge_sim.pki import authorities, inspection, policy, rendering, trust
    from sge_sim.tables import acteurs as tables
else:
    views = late("sge_sim.api.acteurs")
    door = late("sge_sim.door.certificats")
    authorities = late("sge_sim.pki.authorities")
    inspection = late("sge_sim.pki.inspection")
    policy = late("sge_sim.pki.policy")
    rendering = late("sge_sim.pki.rendering")
    trust = late("sge_sim.pki.trust")
    tables = late("sge_sim.tables.acteurs")

_TEXTE: Final = "texte donné"
Plateforme = Annotated[Environment, Says("Plateforme visée", "production")]


@operation(
    "Les certificats enregistrés, ceux qui finissent en premier d'abord",
    "GET /certificats",
    without="acteurs list les donne, avec leur acteur",
    key="environnement/empreinte",
)
def list_certificats(
    session: "Session",
    *,
    environnement: Annotated[
        Environment | None, Says("Plateforme visée ; toutes sans elle")
    ] = None,
) -> "list[views.CertificatView]":
    """Return the registered certificates."""
    return views.view_certificats(session, machine_now(), environnement)


@operation(
    "Enregistrer le certificat d'un acteur",
    "POST /certificats",
    without="cert register le fait, d'un fichier de toute forme",
    status=201,
    done="{fait.phrase}",
)
def register(
    state: State, *, environnement: Plateforme, pem: Pem, acteur: ActeurOrTiers = None
) -> "views.CertificatView":
    """Register a certificate that an actor hands in; it isn't judged."""
    with _file_of(pem) as file, state.database.transaction() as session:
        code = acteur or tables.default_acteur(session, "tiers").code
        phrase = door.register_file(session, code, file, environnement, machine_now())
        session.flush()
        empreinte = inspection.fingerprint_of_file(file)
        registered = views.view_certificats(session, machine_now(), environnement)
        return next(each for each in registered if each.empreinte == empreinte).said(phrase)


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
    settings, now = state.simulator.settings, machine_now()
    pki = trust.open_pki(
        state.data_dir,
        now=now,
        authorities_file=settings.authorities_file,
        authorities_dir=settings.authorities_dir,
    )
    judged_by = policy.Policy(
        environnement,
        pki.trust,
        door.CertificateRegister(state.database),
        www_counts_as_same=settings.www_counts_as_same,
        verifie_eku=settings.verifie_eku,
    )
    with _file_of(pem) as file:
        return judge([file], judged_by, now)


def judge(
    files: Sequence[Path],
    judged_by: "policy.Policy",
    now: datetime,
    password: str | None = None,
    *,
    on_day: bool = False,
) -> dict[str, Any]:
    """Return what a policy says of a certificate, in values and in a text (`texte`)."""
    try:
        found = inspection.inspect_files(files, [judged_by], now, password, on_day=on_day)
    except inspection.UnreadCertificateError as refusal:
        verdicts = rendering.describe_verdicts(refusal.verdicts)
        return {"accepte": False, "verdicts": verdicts, "texte": str(refusal)}
    return rendering.describe_inspection(found) | {"texte": rendering.render_inspection(found)}


@contextmanager
def _file_of(pem: str) -> Iterator[Path]:
    """Give a file that holds a text; a refusal that names it names the text instead."""
    with monde.temporary_folder() as folder:
        file = Path(folder) / _TEXTE
        write_atomically(file, pem.encode("utf-8", "replace"))
        try:
            yield file
        except inspection.UnreadCertificateError:
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
    jour = le or legal_date(machine_now())
    known = authorities.load_authorities(state.simulator.settings.authorities_file).authorities
    return [rendering.describe_authority(authority, jour) for authority in known]

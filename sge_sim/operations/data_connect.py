"""Data Connect: the applications that use it, and the consents of customers."""

from typing import TYPE_CHECKING, Annotated

from sge_sim.domaine.nomenclatures import ModeApplication
from sge_sim.machine.late import late
from sge_sim.operations import LARGEST_NUMBER, Says, operation
from sge_sim.operations.parameters import ActeurOrTiers, AnyPrm, ClientId

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import data_connect as views
    from sge_sim.dataconnect import applications, consentements
    from sge_sim.facts import stored_clock
    from sge_sim.tables import acteurs
    from sge_sim.tables import dataconnect as tables
else:
    views = late("sge_sim.api.data_connect")
    applications = late("sge_sim.dataconnect.applications")
    consentements = late("sge_sim.dataconnect.consentements")
    stored_clock = late("sge_sim.facts.stored_clock")
    acteurs = late("sge_sim.tables.acteurs")
    tables = late("sge_sim.tables.dataconnect")

Apis = Annotated[list[str] | None, Says("API souscrite, répétable", old="api")]


@operation(
    "Les applications, leurs secrets et leurs API",
    "GET /applications",
    "applications list",
    key="client_id",
)
def list_applications(session: "Session") -> "list[views.ApplicationView]":
    """Return the applications."""
    return [views.ApplicationView.of(each) for each in tables.applications(session)]


@operation(
    "Enregistrer une application",
    "POST /applications",
    "applications add NOM",
    status=201,
    done="L'application {nom} est enregistrée.",
)
def add_application(
    session: "Session",
    *,
    nom: Annotated[str, Says("Nom montré sur la page de consentement", "Ma conso")],
    redirect_uri: Annotated[
        str,
        Says(
            "Adresse où le client est renvoyé ; une entreprise n'en a pas",
            "https://a.example.fr/retour",
        ),
    ] = "",
    acteur: ActeurOrTiers = None,
    mode: Annotated[ModeApplication, Says("Sur consentement, ou bac à sable")] = "production",
    apis: Apis = None,
) -> "views.ApplicationView":
    """Register an application; of all the interfaces where none is named."""
    made = applications.create_application(
        session,
        nom=nom,
        acteur_code=acteur or acteurs.default_acteur(session, "tiers").code,
        mode=mode,
        redirect_uri=redirect_uri,
        apis=apis,
    )
    return views.ApplicationView.of(made)


@operation(
    "Modifier une application ; ce qui n'est pas donné reste",
    "POST /applications/{client_id}",
    "applications set CLIENT_ID",
    done="L'application {fait.nom} est modifiée.",
)
def set_application(
    session: "Session",
    *,
    client_id: ClientId,
    nom: Annotated[str | None, Says("Nom montré sur la page de consentement", "Ma conso")] = None,
    redirect_uri: Annotated[str | None, Says("Adresse où le client est renvoyé")] = None,
    apis: Apis = None,
) -> "views.ApplicationView":
    """Change an application."""
    changed = applications.change_application(
        session, client_id, nom=nom, redirect_uri=redirect_uri, apis=apis
    )
    return views.ApplicationView.of(changed)


@operation(
    "Supprimer une application, et ses consentements",
    "DELETE /applications/{client_id}",
    "applications remove CLIENT_ID",
    done="Application {client_id} supprimée.",
)
def remove_application(session: "Session", *, client_id: ClientId) -> None:
    """Delete an application."""
    session.delete(applications.get_application(session, client_id))


@operation(
    "Les consentements, du plus ancien au plus récent",
    "GET /consentements",
    "consentements list",
    key="-id",
)
def list_consentements(session: "Session", *, prm: AnyPrm = None) -> "list[views.ConsentementView]":
    """Return the consents, those that ended too."""
    now = stored_clock.instant_within(session)
    return [views.ConsentementView.of(each, now) for each in tables.consentements(session, prm)]


@operation(
    "Retirer un consentement, comme le client le peut à tout moment",
    "DELETE /consentements/{consentement_id}",
    "consentements remove CONSENTEMENT_ID",
    done="Le consentement {consentement_id} est retiré ; il reste dans la liste, fini.",
)
def remove_consentement(
    session: "Session",
    *,
    consentement_id: Annotated[int, Says("Numéro du consentement", "1", ge=1, le=LARGEST_NUMBER)],
) -> None:
    """Take a consent back; it stays in the list."""
    now = stored_clock.instant_within(session)
    consentements.remove_consentement(session, consentement_id, now)

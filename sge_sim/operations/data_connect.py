"""Data Connect: the applications that use it, and the consents of customers."""

from typing import TYPE_CHECKING, Annotated

from sge_sim.domaine.nomenclatures import ModeApplication
from sge_sim.operations import LARGEST_NUMBER, Says, State, operation

if TYPE_CHECKING:
    from sge_sim.api.data_connect import ApplicationView, ConsentementView

ClientId = Annotated[str, Says("Identifiant de l'application")]
Apis = Annotated[list[str] | None, Says("API souscrite, répétable", old="api")]


@operation(
    "Les applications, leurs secrets et leurs API",
    "GET /applications",
    "applications list",
    key="client_id",
)
def list_applications(state: State) -> "list[ApplicationView]":
    """Return the applications."""
    from sge_sim.api.data_connect import ApplicationView
    from sge_sim.tables.dataconnect import applications

    with state.database.sessions() as session:
        return [ApplicationView.of(each) for each in applications(session)]


@operation(
    "Enregistrer une application",
    "POST /applications",
    "applications add NOM",
    status=201,
    done="L'application {nom} est enregistrée.",
)
def add_application(
    state: State,
    *,
    nom: Annotated[str, Says("Nom montré sur la page de consentement", "Ma conso")],
    redirect_uri: Annotated[
        str, Says("Adresse où le client est renvoyé", "https://a.example.fr/retour")
    ],
    acteur: Annotated[
        str | None, Says("Code de l'acteur ; le tiers par défaut sans lui", completes="acteurs")
    ] = None,
    mode: Annotated[ModeApplication, Says("Sur consentement, ou bac à sable")] = "production",
    apis: Apis = None,
) -> "ApplicationView":
    """Register an application; of all the interfaces where none is named."""
    from sge_sim.api.data_connect import ApplicationView
    from sge_sim.dataconnect.applications import create_application
    from sge_sim.tables.acteurs import default_acteur
    from sge_sim.tables.dataconnect import APIS

    with state.database.transaction() as session:
        made = create_application(
            session,
            nom=nom,
            acteur_code=acteur or default_acteur(session, "tiers").code,
            mode=mode,
            redirect_uri=redirect_uri,
            apis=tuple(APIS) if apis is None else apis,
        )
        return ApplicationView.of(made)


@operation(
    "Modifier une application ; ce qui n'est pas donné reste",
    "POST /applications/{client_id}",
    "applications set CLIENT_ID",
    done="L'application {fait.nom} est modifiée.",
)
def set_application(
    state: State,
    *,
    client_id: ClientId,
    nom: Annotated[str | None, Says("Nom montré sur la page de consentement", "Ma conso")] = None,
    redirect_uri: Annotated[str | None, Says("Adresse où le client est renvoyé")] = None,
    apis: Apis = None,
) -> "ApplicationView":
    """Change an application."""
    from sge_sim.api.data_connect import ApplicationView
    from sge_sim.dataconnect.applications import change_application

    with state.database.transaction() as session:
        changed = change_application(
            session, client_id, nom=nom, redirect_uri=redirect_uri, apis=apis
        )
        return ApplicationView.of(changed)


@operation(
    "Supprimer une application, et ses consentements",
    "DELETE /applications/{client_id}",
    "applications remove CLIENT_ID",
    done="Application {client_id} supprimée.",
)
def remove_application(state: State, *, client_id: ClientId) -> None:
    """Delete an application."""
    from sge_sim.dataconnect.applications import get_application

    with state.database.transaction() as session:
        session.delete(get_application(session, client_id))


@operation(
    "Les consentements, du plus ancien au plus récent",
    "GET /consentements",
    "consentements list",
    key="-id",
)
def list_consentements(
    state: State,
    *,
    prm: Annotated[str | None, Says("Numéro du point ; tous sans lui", completes="prms")] = None,
) -> "list[ConsentementView]":
    """Return the consents, those that ended too."""
    from sge_sim.api.data_connect import ConsentementView
    from sge_sim.facts.stored_clock import instant_within
    from sge_sim.tables.dataconnect import consentements

    with state.database.sessions() as session:
        now = instant_within(session)
        return [ConsentementView.of(each, now) for each in consentements(session, prm)]


@operation(
    "Retirer un consentement, comme le client le peut à tout moment",
    "DELETE /consentements/{consentement_id}",
    "consentements remove CONSENTEMENT_ID",
    done="Le consentement {consentement_id} est retiré ; il reste dans la liste, fini.",
)
def remove_consentement(
    state: State,
    *,
    consentement_id: Annotated[int, Says("Numéro du consentement", "1", ge=1, le=LARGEST_NUMBER)],
) -> None:
    """Take a consent back; it stays in the list."""
    from sge_sim.dataconnect.consentements import remove_consentement as take_back
    from sge_sim.facts.stored_clock import instant_within

    with state.database.transaction() as session:
        take_back(session, consentement_id, instant_within(session))
